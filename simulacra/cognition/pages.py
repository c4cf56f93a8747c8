"""Several questions at once, as they stand on a page: one request, an answer for each."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from simulacra.cognition.elicitation import (
    choice_schema,
    room_for,
    spoken_choice,
    task_of,
    words_beside,
)
from simulacra.cognition.state import Spoken
from simulacra.domain.call import OutputSchema
from simulacra.domain.survey import Kind, Option, Question

_NAME_TOKENS = 12  # of an answer's name and signs around it
LEFT_OUT = "the reply to the page leaves this item out"


def page_as_question(questions: Sequence[Question]) -> Question:
    """The page as what the person is asked: all wordings with their names, the help before them."""
    long = any(one.kind == Kind.LONG_TEXT for one in questions)
    told = dict.fromkeys(one.instructions for one in questions if one.instructions)
    lines = [f"{one.item_id}: {one.shown}" for one in questions]
    return Question(
        item_id=questions[0].item_id,
        kind=Kind.LONG_TEXT if long else Kind.SHORT_TEXT,
        text="\n".join([*told, *lines]),
    )


def groups_of(questions: Sequence[Question]) -> list[dict[str, Any]]:
    """Questions that are answered alike, with their task and options: a battery says them once."""
    groups: dict[tuple[str, tuple[Option, ...]], list[str]] = {}
    for one in questions:
        key = task_of(one), one.options
        place = next((known for known in groups if known == key), key)
        groups.setdefault(place, []).append(one.item_id)
    return [
        {"names": names, "task": task, "options": options}
        for (task, options), names in groups.items()
    ]


def page_schema(questions: Sequence[Question]) -> OutputSchema:
    """A JSON schema of one object: the answer to each question by the id of its item."""
    properties = {one.item_id: _value_schema(one) for one in questions}
    return OutputSchema(
        name="page",
        definition={
            "type": "object",
            "properties": properties,
            "required": list(properties),
            "additionalProperties": False,
        },
    )


def _value_schema(question: Question) -> dict[str, Any]:
    """Codes as they are, in an object where words may stand beside them; all else as a text."""
    if not question.kind.optioned:
        return {"type": "string"}
    whole = choice_schema(question).definition
    answer: dict[str, Any] = whole if _with_words(question) else whole["properties"]["answer"]
    return answer


def room_for_page(questions: Sequence[Question], short: int, long: int) -> int:
    """Tokens that hold every answer."""
    open_ = {True: long, False: short}
    return sum(
        _NAME_TOKENS
        + len(one.item_id)
        + (room_for(one) if one.kind.optioned else open_[one.kind == Kind.LONG_TEXT])
        for one in questions
    )


def open_words(text: str, questions: Sequence[Question]) -> str:
    """What a reply to a page says in words, by which one may know that it is no person's."""
    said = divided(text, questions)
    pairs = zip(questions, said, strict=True)
    told = (words_beside(one.text) if of.kind.optioned else one.text for of, one in pairs)
    return "\n".join(words for words in told if words)


def divided(text: str, questions: Sequence[Question]) -> list[Spoken]:
    """The reply to each question; where it is left out, a reply without words, and why."""
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        whole = None
    told = whole if isinstance(whole, dict) else {}
    return list(_each(told, questions))


def _each(told: dict[str, Any], questions: Sequence[Question]) -> Iterator[Spoken]:
    for one in questions:
        if told.get(one.item_id) is None:
            yield Spoken(text="", fault=LEFT_OUT)
            continue
        value = told[one.item_id]
        if not one.kind.optioned:
            yield Spoken(text=value if isinstance(value, str) else json.dumps(value))
        elif _with_words(one) and isinstance(value, dict):
            yield Spoken(text=json.dumps(value, ensure_ascii=False))
        else:
            yield spoken_choice(json.dumps({"answer": value}, ensure_ascii=False), one)


def _with_words(question: Question) -> bool:
    return any(option.text_entry for option in question.options)
