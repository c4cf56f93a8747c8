"""From a prompt to a choice: by structured output, or by the options' own probabilities.

Scoring never shows the options to the model, so neither their position nor a letter can sway it.
The log-probability of an option's text as the person's reply is taken relative to that of the same
text as anybody's reply to the same question (domain-conditional pointwise mutual information;
Holtzman et al., 2021, "Surface form competition"). Length and commonness of a text weigh on both
sides and cancel. The choice is the argmax, ties by code.
"""

import json
import math
from collections.abc import Sequence
from typing import Any

from simulacra.cognition.context import ANYBODY, MindContext, request_for
from simulacra.cognition.failures import kept_calls
from simulacra.cognition.moment import Moment
from simulacra.cognition.state import Spoken, Stimulus
from simulacra.domain.call import Call, OutputSchema, Scores
from simulacra.domain.survey import Kind, Option, Question
from simulacra.errors import BadReply
from simulacra.llm.structured import output_schema
from simulacra.prompting import Prompt, find_template

_WORDS_ROOM = 120  # signs that words beside an option may take


def softmax(scores: Sequence[float]) -> list[float]:
    """Probabilities proportional to exp(score); the order of the scores changes no digit."""
    highest = max(scores)
    weights = [math.exp(score - highest) for score in scores]
    total = math.fsum(weights)
    return [weight / total for weight in weights]


def gains_of(mine: Scores, base: Scores) -> list[float]:
    """What the person adds to each option's log-probability for anybody.

    Raises BadReply where a log-probability is no finite number.
    """
    gains = [here - there for here, there in zip(mine.logprobs, base.logprobs, strict=True)]
    if not all(math.isfinite(gain) for gain in gains):
        name = mine.call.model
        raise BadReply(f"The model {name} gave an option a log-probability that is no number.")
    return gains


def probabilities_of(mine: Scores, base: Scores) -> list[float]:
    """How likely each option is by what the person adds; raises as ``gains_of`` does."""
    return softmax(gains_of(mine, base))


async def choose_by_score(
    context: MindContext, stimulus: Stimulus, question: Question, prompt: Prompt, prior: Prompt
) -> tuple[Spoken, tuple[Call, ...]]:
    """The option (or options) that being this person makes likelier than it is for anybody."""
    labels = tuple(option.label for option in question.options)
    tokens = context.budgets.closed_tokens
    with kept_calls() as calls:
        mine = await context.model.score(request_for(prompt, "top", stimulus, tokens), labels)
        calls.append(mine.call)
        anybody = request_for(prior, "top", stimulus, tokens).model_copy(update=ANYBODY)
        base = await context.priors.score(context.model, anybody, labels)
        calls.append(base.call)
        weights = probabilities_of(mine, base)
    return weighed(question, weights), tuple(calls)


def weighed(question: Question, weights: Sequence[float]) -> Spoken:
    """What is said where the options, in the order shown, have these probabilities."""
    sums = question.kind == Kind.CONSTANT_SUM
    selection = () if sums else _selected(question, weights)
    labelled = {option.code: option.label for option in question.options}
    chosen = "; ".join(labelled[code] for code in selection)
    said = _shared_out(question, weights) if sums else chosen
    return Spoken(
        text=said,
        selection=selection,
        probabilities={
            option.code: round(weight, 6)
            for option, weight in zip(question.options, weights, strict=True)
        },
    )


def _selected(question: Question, weights: Sequence[float]) -> tuple[str, ...]:
    """Codes in the order shown: the likeliest one, or for a multi-select the likeliest few.

    Where the number is fixed, that many; else those likelier than an even share, within the
    bounds. An option that excludes the others, as a missing one does, counts only if it is the
    likeliest, and then alone.
    """
    pairs = zip(question.options, weights, strict=True)
    ranked = sorted(pairs, key=lambda pair: (-pair[1], pair[0].code))
    best = ranked[0][0]
    if question.kind == Kind.RANKING:
        most = question.choose[1] if question.choose else len(ranked)
        return tuple(option.code for option, _ in ranked[:most])
    if question.kind != Kind.MULTI or _alone(best):
        return (best.code,)
    free = [(option, weight) for option, weight in ranked if not _alone(option)]
    least, most = question.choose or (1, len(free))
    even = 1 / len(weights)
    wanted = min(max(sum(weight > even for _, weight in free), least, 1), most)
    chosen = {option.code for option, _ in free[:wanted]}
    return tuple(option.code for option in question.options if option.code in chosen)


def _shared_out(question: Question, weights: Sequence[float]) -> str:
    """The total shared out in whole points by weight; what rounding leaves goes to the largest."""
    total = 100.0 if question.total is None else question.total
    exact = [weight * total for weight in weights]
    shares = [math.floor(one) for one in exact]
    by_rest = sorted(range(len(exact)), key=lambda at: (shares[at] - exact[at], at))
    for at in by_rest[: round(total - sum(shares))]:
        shares[at] += 1
    pairs = zip(question.options, shares, strict=True)
    return "\n".join(f"{option.label}: {share}" for option, share in pairs)


def _alone(option: Option) -> bool:
    return option.exclusive or option.missing is not None


def choice_schema(question: Question) -> OutputSchema:
    """A JSON schema with an enum of the codes in the order shown: one, or a list of them."""
    properties: dict[str, Any] = {"answer": _answer_schema(question)}
    if any(option.text_entry for option in question.options):
        properties["words"] = {"type": "string"}
    return OutputSchema(name="answer", definition=_object(properties))


def _answer_schema(question: Question) -> dict[str, Any]:
    one: dict[str, Any] = {"type": "string", "enum": list(question.order)}
    many = len(question.options)
    if question.kind == Kind.MULTI:
        least, most = question.choose or (1, many)
        return {"type": "array", "items": one, "minItems": least, "maxItems": most}
    if question.kind == Kind.RANKING:
        least, most = question.choose or (many, many)
        return {"type": "array", "items": one, "minItems": least, "maxItems": most}
    if question.kind == Kind.CONSTANT_SUM:
        return _object({code: {"type": "number"} for code in question.order})
    return one


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    """A JSON schema of exactly these properties."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def form_for(context: MindContext, stimulus: Stimulus, question: Question) -> OutputSchema | None:
    """The form of an answer: its codes, or the one form of all replies; None for plain words.

    Asked again, nothing but its codes will do.
    """
    closed = question.kind.optioned
    if context.one_form and fits_one_form(question) and not (closed and stimulus.unreadable):
        return output_schema(Moment)
    return choice_schema(question) if closed else None


def fits_one_form(question: Question) -> bool:
    """Whether a text or a list of codes holds every answer."""
    entered = any(option.text_entry for option in question.options)
    return question.kind != Kind.CONSTANT_SUM and not entered


def told_in(text: str, output: OutputSchema | None) -> str:
    """What is said in a reply: all of it, or its answer where it has a form."""
    if output is None:
        return text
    try:
        answer = json.loads(text)["answer"]
    except (ValueError, KeyError, TypeError):
        return text
    return answer if isinstance(answer, str) else text


def room_for(question: Question) -> int:
    """Tokens that surely hold every structured reply: a token has at least one character."""
    if question.kind == Kind.CONSTANT_SUM:
        return len(json.dumps({"answer": dict.fromkeys(question.order, 1e9)}))
    if question.kind in (Kind.MULTI, Kind.RANKING):
        return len(json.dumps({"answer": question.order}))
    words = _WORDS_ROOM if any(option.text_entry for option in question.options) else 0
    return words + max(len(json.dumps({"answer": code})) for code in question.order)


def prior_prompt(question_text: str, task: str) -> Prompt:
    """The question put to nobody in particular."""
    anybody = find_template("blank").render({}).messages[0].text
    variables = {"persona": anybody, "question": question_text, "task": task}
    return find_template("prior").render(variables)


def task_of(question: Question) -> str:
    """How to answer, in a sentence or two."""
    task = {
        Kind.SINGLE: "Choose the one option that fits you.",
        Kind.RATING: "Choose the one option that fits you.",
        Kind.MULTI: _multi_task(question),
        Kind.RANKING: _ranking_task(question),
        Kind.CONSTANT_SUM: _sum_task(question),
        Kind.SLIDER: _slider_task(question),
        Kind.NUMERIC: "Answer with a number only.",
        Kind.DATE: "Answer with a date only, as year-month-day.",
        Kind.SHORT_TEXT: "Answer in a few words, with the fact itself.",
        Kind.LONG_TEXT: "Answer in your own words, in a few sentences.",
    }[question.kind]
    asks = [option.label for option in question.options if option.text_entry]
    return f"{task} With {asks[0]!r}, say what it is." if asks else task


def _ranking_task(question: Question) -> str:
    if question.choose is None:
        return "Put all options in order, the first for you first."
    least, most = question.choose
    number = str(least) if least == most else f"{least} to {most}"
    return f"Put the {number} options that come first for you in order, the first one first."


def _sum_task(question: Question) -> str:
    if question.total is None:
        return "Give each option its number."
    return f"Share out {question.total:g} points over the options; all of them together make that."


def _slider_task(question: Question) -> str:
    ends = [
        f"{value:g}{f' ({name})' if name else ''}"
        for value, name in ((question.minimum, question.low), (question.maximum, question.high))
        if value is not None
    ]
    step = f", in steps of {question.step:g}" if question.step else ""
    return (
        f"Answer with a number only, from {' to '.join(ends)}{step}."
        if len(ends) == 2
        else ("Answer with a number only.")
    )


def _multi_task(question: Question) -> str:
    if question.choose is None:
        return "Choose all options that fit you."
    least, most = question.choose
    number = str(least) if least == most else f"{least} to {most}"
    return f"Choose exactly {number} options." if least == most else f"Choose {number} options."


def spoken_choice(text: str, question: Question) -> Spoken:
    """A structured reply as it stands; the codes in it where it is whole and names them."""
    if question.kind == Kind.RANKING or any(option.text_entry for option in question.options):
        return Spoken(text=text)  # order and words are read with the rest
    return Spoken(text=text, selection=codes_in(text, question))


def words_beside(text: str) -> str:
    """What a structured choice says in words beside an option such as "other"; "" where nothing."""
    try:
        words = json.loads(text)["words"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    return words if isinstance(words, str) else ""


def codes_in(text: str, question: Question) -> tuple[str, ...]:
    """The codes that a structured reply names, in the order shown; none where it is not whole."""
    try:
        answer = json.loads(text)["answer"]
    except (ValueError, KeyError, TypeError):
        return ()
    codes = answer if isinstance(answer, list) else [answer]
    if not all(code in question.order for code in codes):
        return ()
    return tuple(code for code in question.order if code in codes)
