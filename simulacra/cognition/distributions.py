"""Closed answers by a distribution over the options: by letters, as stated, or from several draws.

Letters: a hosted model gives log-probabilities of its next word only, so the options are listed by
letter. A model favours letters and places whatever is asked; each option stands in each place, the
log-probabilities are averaged, and those of the same lists put to nobody are taken off (as in
``elicitation``; after Zhao et al., 2021, "Calibrate before use").
"""

import asyncio
import json
import math
from collections import Counter
from typing import Any, NamedTuple

from simulacra.cognition.context import ANYBODY, MindContext, request_for
from simulacra.cognition.elicitation import codes_in, gains_of, softmax, spoken_choice, weighed
from simulacra.cognition.failures import gravest, kept_calls
from simulacra.cognition.state import Spoken, Stimulus
from simulacra.cognition.thoughts import thought
from simulacra.domain.call import Call, OutputSchema, Request
from simulacra.domain.elicitation import orders_needed
from simulacra.domain.survey import Kind, Option, Question
from simulacra.errors import SimulacraError
from simulacra.prompting import Prompt
from simulacra.seeds import seed_of

STATED_TASK = (
    "Say for each option how likely it is that you would choose it, as a percentage; all of them "
    "together make 100."
)
_WHOLE = 2**31  # seeds are below it


def balanced_orders(question: Question) -> tuple[tuple[Option, ...], ...]:
    """Orders in which the options stand in places that are spread evenly.

    A rating as shown and turned round; of others, rotations of their order by code, which are the
    same for all respondents.
    """
    if question.kind == Kind.RATING:
        return (question.options, question.options[::-1])[: len(question.options)]
    options = tuple(sorted(question.options, key=lambda option: option.code))
    many = orders_needed(question.kind, len(options))
    starts = [at * len(options) // many for at in range(many)]
    return tuple((*options[start:], *options[:start]) for start in starts)


async def choose_by_letters(
    context: MindContext, stimulus: Stimulus, question: Question, prompt: Prompt, prior: Prompt
) -> tuple[Spoken, tuple[Call, ...]]:
    """The likeliest option by the log-probability of its letter, ties by code."""
    tokens = context.budgets.closed_tokens
    request = request_for(prompt, "top", stimulus, tokens)
    anybody = request_for(prior, "top", stimulus, tokens).model_copy(update=ANYBODY)
    gains: dict[str, list[float]] = {code: [] for code in question.order}
    with kept_calls() as calls:
        for order in balanced_orders(question):
            labels = tuple(option.label for option in order)
            mine = await context.model.score(request, labels)
            calls.append(mine.call)
            base = await context.priors.score(context.model, anybody, labels)
            calls.append(base.call)
            for option, gain in zip(order, gains_of(mine, base), strict=True):
                gains[option.code].append(gain)
    means = [math.fsum(gains[code]) / len(gains[code]) for code in question.order]
    return weighed(question, softmax(means)), tuple(calls)


def stated_schema(question: Question) -> OutputSchema:
    """A JSON schema of one percentage an option."""
    percentage = {"type": "number", "minimum": 0, "maximum": 100}
    shares: dict[str, Any] = {
        "type": "object",
        "properties": dict.fromkeys(question.order, percentage),
        "required": list(question.order),
        "additionalProperties": False,
    }
    definition = {**shares, "properties": {"answer": shares}, "required": ["answer"]}
    return OutputSchema(name="percentages", definition=definition)


def room_for_stated(question: Question) -> int:
    """Tokens that surely hold a percentage for each option."""
    return len(json.dumps({"answer": dict.fromkeys(question.order, 99.99)}))


class Stated(NamedTuple):
    """Probabilities by code, or why a reply states none."""

    probabilities: dict[str, float]
    fault: str = ""


def read_stated(text: str, question: Question) -> Stated:
    """The percentages of a reply as probabilities.

    They must be there for all options and no others, from 0 to 100, and add up to 100 but for what
    rounding to whole numbers may take or give, half a point an option.
    """
    try:
        told = json.loads(text)["answer"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return Stated({}, "the reply states no percentages")
    if not isinstance(told, dict) or set(told) != set(question.order):
        return Stated({}, "the reply does not state a percentage for each option and no other")
    for code, share in told.items():
        if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 100:
            return Stated({}, f"the percentage of {code} is no number from 0 to 100")
    total = math.fsum(told.values())
    if total <= 0 or abs(total - 100) > len(told) / 2:
        return Stated({}, f"the percentages add up to {total:g}, not to 100")
    return Stated({code: round(told[code] / total, 6) for code in question.order})


async def choose_as_stated(
    context: MindContext, stimulus: Stimulus, question: Question, prompt: Prompt
) -> tuple[Spoken, tuple[Call, ...]]:
    """An option drawn by the percentages that the model states, with the seed of the answer."""
    tokens = max(context.budgets.closed_tokens, room_for_stated(question))
    request = request_for(prompt, "top", stimulus, tokens, output=stated_schema(question))
    said = await context.model.complete(request)
    stated = read_stated(said.text, question)
    if stated.fault:
        return Spoken(text=said.text, fault=stated.fault), (said.call,)
    return (
        Spoken(
            text=said.text,
            selection=(_drawn(stated.probabilities, stimulus.seed),),
            probabilities=stated.probabilities,
        ),
        (said.call,),
    )


def _drawn(probabilities: dict[str, float], seed: int) -> str:
    """A code drawn by the probabilities; the order in which options were shown changes nothing."""
    left = seed_of(seed, "stated") / _WHOLE * math.fsum(probabilities.values())
    likely = [(code, share) for code, share in sorted(probabilities.items()) if share > 0]
    for code, share in likely:
        left -= share
        if left < 0:
            return code
    return likely[-1][0]


async def choose_by_draws(
    context: MindContext, stimulus: Stimulus, question: Question, request: Request
) -> tuple[Spoken, tuple[Call, ...]]:
    """The answer that most of several draws gave, ties by seed; its text is that of the first.

    Each draw has a seed of its own. Draws that cannot be read do not count; every draw is among
    the calls.
    """
    many = context.elicit.draws
    asked = [
        request.model_copy(update={"seed": seed_of(stimulus.seed, "draw", number)})
        for number in range(many)
    ]
    came = await asyncio.gather(
        *(thought(context, stimulus, one) for one in asked), return_exceptions=True
    )
    said = [one for one in came if not isinstance(one, BaseException)]
    _raise_first([one for one in came if isinstance(one, BaseException)], said)
    texts, calls = [text for text, _ in said], tuple(call for _, call in said)
    read = [(codes, text) for text in texts if (codes := codes_in(text, question))]
    if not read:
        return Spoken(text=texts[0], fault="no draw names an option"), calls
    counts = Counter(codes for codes, _ in read)
    most = max(counts.values())
    first = sorted(codes for codes, number in counts.items() if number == most)
    chosen = first[seed_of(stimulus.seed, "tie") % len(first)]
    spoken = spoken_choice(next(text for codes, text in read if codes == chosen), question)
    shares = {
        code: round(sum(code in codes for codes, _ in read) / len(read), 6)
        for code in question.order
    }
    return spoken.model_copy(update={"probabilities": shares}), calls


def _raise_first(errors: list[BaseException], said: list[tuple[str, Call]]) -> None:
    """Raise what went wrong, if anything did, with the calls of the other draws."""
    for error in errors:
        if not isinstance(error, SimulacraError):
            raise error
    if known := [error for error in errors if isinstance(error, SimulacraError)]:
        lost = [call for error in known for call in error.calls]
        worst = gravest(known)
        worst.calls = (*(call for _, call in said), *lost)
        raise worst
