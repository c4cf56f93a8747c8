"""What a reply counts as: an answer, or a missing code; never a guess.

A selection made by the model's own probabilities or by structured output counts as it is, once it
fits the question. Otherwise the text is read: structured output ({"answer": ...}) or plain words.
A closed item needs a reply that names one option (or lists several, for a multi-select) from end to
end, apart from neutral words around it and explanations after it. A label that occurs in passing,
after a negation or beside another one is no answer.
"""

import json
import re
from datetime import date
from typing import Any

from simulacra.domain.answer import Answer, MissingCode, Reply, Response
from simulacra.domain.survey import Kind, Question
from simulacra.survey.arranged import read_ranking, read_shares
from simulacra.survey.choices import Choices
from simulacra.survey.dates import read_date
from simulacra.survey.elsewhere import DECLINED
from simulacra.survey.fitting import (
    declining,
    number_given,
    ranked,
    ranks,
    selected,
    shares_given,
    unreadable,
)
from simulacra.survey.numbers import format_number, read_number
from simulacra.survey.words import (
    bare,
    declined,
    plain,
    sentences,
    speaks_as_model,
    wholly_declined,
)

_FENCE = re.compile(r"\A\s*```(?:json)?\s*\n?(.*?)\n?\s*```\s*\Z", re.DOTALL)
_ANSWER_LEAD = re.compile(r"\A\s*(?:my |the )?(?:final )?answer(?: is)?\s*[:=]\s*", re.IGNORECASE)
_PASSED = re.compile(r"\b(?:skip|skipped|next|no answer)\b", re.IGNORECASE)
# The "no" of these is not the option No.
_NO_IDEA = re.compile(r"\bno (?=(?:idea|clue|opinion|comment|answer)\b)")
_QUOTES = ('"', "'", "“", "”", "‘", "’", "`", "«", "»")


def read_reply(question: Question, reply: Reply) -> Response:
    """The answer that a reply gives to a question, or why it gives none.

    Don't know is -96, a refusal -97, a skip of an item that is not required -98; everything that
    cannot be read with certainty is unreadable, -95.
    """
    if reply.selection and question.kind.optioned:
        return selected(question, tuple(dict.fromkeys(reply.selection)))
    text = reply.first_sentence or reply.text
    if reply.fault:
        why = wholly_declined(text)
        return declining(question, why) if why is not None else unreadable(reply.fault)
    structured, value, words = _unwrap(text)
    if structured:
        return _with_words(question, _read_value(question, value), words)
    return _read_words(question, _FENCE.sub(r"\1", text))


def _unwrap(text: str) -> tuple[bool, Any, str]:
    """Whether a text is structured output, the value in it (None where it is broken), and words."""
    text = _FENCE.sub(r"\1", text).strip()
    if not text.startswith("{"):
        return False, None, ""
    try:
        value = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        return re.match(r'\{\s*"answer"', text) is not None, None, ""
    if isinstance(value, dict) and "answer" in value:
        words = value.get("words", "")
        return True, value["answer"], words.strip() if isinstance(words, str) else ""
    return False, None, ""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of which no field is there twice: one of two answers would be a guess."""
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError("a field is there twice")
    return dict(pairs)


def _with_words(question: Question, response: Response, words: str) -> Response:
    """The answer with what was said beside the one chosen option that asks for words."""
    if not isinstance(response, Answer) or not words:
        return response
    asking = [one.code for one in question.options if one.text_entry and one.code in response.codes]
    if len(asking) != 1:
        return response
    return response.model_copy(update={"texts": {asking[0]: words}})


def _said_beside(question: Question, text: str) -> Response | None:
    """An option that asks for words, with them ("Other: a newt"); None for all other replies."""
    if question.kind == Kind.MULTI:
        return None
    for option in question.options:
        name = re.split(r"[(:,]", option.label)[0].strip()
        if option.text_entry and name:
            found = re.fullmatch(rf"{re.escape(name)}\s*[:(–—-]\s*(\S.*)", text.strip(), re.I)
            if found and found[1].casefold() not in option.label.casefold():
                answer = selected(question, (option.code,))
                return _with_words(question, answer, found[1].strip(" .)\"'"))
    return None


def _read_value(question: Question, value: Any) -> Response:
    """A value of structured output: codes first, then words."""
    if isinstance(value, list):
        return _read_list(question, value)
    if isinstance(value, dict) and question.kind == Kind.CONSTANT_SUM:
        return _read_shares(question, value)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return unreadable("the structured reply holds no answer")
    if question.kind.closed and (code := _code(question, value)) is not None:
        return selected(question, (code,))
    if question.kind.numeric and not isinstance(value, str):
        return number_given(question, float(value))
    return _read_words(question, value if isinstance(value, str) else format_number(value))


def _read_list(question: Question, values: list[Any]) -> Response:
    if not question.kind.closed and question.kind != Kind.RANKING:
        return unreadable("a list is no answer to this question")
    choices, codes = Choices(question.options), []
    for value in values:
        code = _code(question, value)
        if code is None and isinstance(value, str):
            code = choices.read_one(value)
        if code is None:
            return unreadable(f"not an option: {value!r}"[:200])
        codes.append(code)
    if question.kind == Kind.RANKING and len(set(codes)) != len(codes):
        return unreadable("an option has two ranks")
    return selected(question, tuple(dict.fromkeys(codes)))


def _read_shares(question: Question, values: dict[Any, Any]) -> Response:
    shares: dict[str, float] = {}
    for name, value in values.items():
        if name not in question.order or isinstance(value, bool):
            return unreadable(f"not a share of an option: {name!r}"[:200])
        if not isinstance(value, int | float):
            return unreadable(f"the share of {name} is no number")
        shares[name] = float(value)
    return shares_given(question, shares)


def _code(question: Question, value: Any) -> str | None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = value.strip() if isinstance(value, str) else str(value)
    return text if text in question.order else None


def _read_words(question: Question, text: str) -> Response:
    if not any(character.isalnum() for character in text) and not _is_sign_option(question, text):
        return unreadable("the reply is empty")
    if speaks_as_model(text):
        return unreadable("the reply speaks as a language model, not as the person")
    if question.kind.numeric:
        return _read_numeric(question, text)
    if question.kind.closed:
        return _read_closed(question, text)
    if question.kind.optioned:
        return _read_arranged(question, text)
    if question.kind == Kind.DATE:
        return _read_day(question, text)
    return _read_text(question, text)


def _is_sign_option(question: Question, text: str) -> bool:
    """Whether an option is made of signs alone, such as "+" or a picture, and this is it."""
    return any(text.strip() in (option.code, option.label) for option in question.options)


def _read_closed(question: Question, text: str) -> Response:
    choices = Choices(question.options)
    exact = [o.code for o in question.options if text.strip() in (o.code, o.label)]
    if len(exact) == 1 and len(choices.named(text)) < 2:
        return selected(question, (exact[0],))
    if question.kind == Kind.MULTI:
        codes = choices.read_many(text)
    else:
        code = choices.read_one(text)
        codes = None if code is None else (code,)
    if codes is not None:
        return selected(question, codes)
    if (beside := _said_beside(question, text)) is not None:
        return beside
    if (why := _closed_declined(question, choices, text)) is not None:
        return declining(question, why)
    return unreadable("the reply does not name its option for certain")


def _closed_declined(question: Question, choices: Choices, text: str) -> MissingCode | None:
    """Why a reply to a closed item declines: no option but those that decline occurs in it."""
    if (why := DECLINED.get(bare(text))) is not None:
        return why
    declining = {option.code for option in question.options if option.missing is not None}
    mentioned = choices.mentioned(_NO_IDEA.sub("", plain(text)))
    if mentioned and mentioned <= declining:
        return wholly_declined(text)
    return None if mentioned else _declined_first(text)


def _read_arranged(question: Question, text: str) -> Response:
    choices = Choices(question.options)
    if question.kind == Kind.RANKING:
        codes = read_ranking(choices, text, *ranks(question))
        if codes is not None:
            return ranked(question, codes)
    elif (shares := read_shares(choices, text)) is not None:
        return shares_given(question, shares)
    if not choices.mentioned(plain(text)) and (why := _declined_first(text)) is not None:
        return declining(question, why)
    return unreadable("the reply does not speak of each option once")


def _read_day(question: Question, text: str) -> Response:
    day = read_date(text, question.language)
    if day is None:
        if not re.search(r"\d", text) and (why := _declined_first(text)) is not None:
            return declining(question, why)
        return unreadable("the reply does not state one date with year, month and day")
    days = (day - date(1970, 1, 1)).days
    if question.minimum is not None and days < question.minimum:
        return unreadable(f"{day} is too early")
    if question.maximum is not None and days > question.maximum:
        return unreadable(f"{day} is too late")
    return Answer(text=day.isoformat())


def _read_numeric(question: Question, text: str) -> Response:
    value = read_number(text, question.language, question.text)
    if value is None and bare(text) == "none" and question.minimum == 0:
        value = 0.0
    if value is not None:
        return number_given(question, value)
    if not re.search(r"\d", text) and (why := _declined_first(text)) is not None:
        return declining(question, why)
    return unreadable("the reply does not state one number")


def _read_text(question: Question, text: str) -> Response:
    if (why := wholly_declined(text)) is not None:
        response = declining(question, why)
        if response.code != MissingCode.UNREADABLE or _PASSED.search(text):
            return response
    if question.kind == Kind.LONG_TEXT:
        return Answer(text=text.strip())
    short = _unquoted(" ".join(_ANSWER_LEAD.sub("", text).split()))
    return Answer(text=short) if short else unreadable("the reply is empty")


def _unquoted(text: str) -> str:
    text = text.removeprefix("**").removesuffix("**")
    while len(text) >= 2 and text[0] in _QUOTES and text[-1] in _QUOTES:
        text = text[1:-1].strip()
    return text


def _declined_first(text: str) -> MissingCode | None:
    """Why a reply declines: as a whole, in a sentence of its own, or before a comma."""
    if (why := wholly_declined(text)) is not None:
        return why
    for line in plain(text).splitlines()[:20]:
        for sentence in sentences(line):
            head = re.split(r",\s|\s-\s|\s(?=because\b|since\b|as i\b)", sentence)[0]
            if (why := declined(sentence) or declined(head)) is not None:
                return why
    return None
