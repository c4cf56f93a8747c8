"""Choices and answers of a question: their order, their codes, and those carried forward."""

from typing import NamedTuple

from simulacra.survey.formats.qsf.document import Document, Json, mapping, text, texts
from simulacra.survey.formats.qsf.locators import Locator, locator
from simulacra.survey.formats.recoding import RESERVED, free_code

_PLACE = "{~Randomized~}"
_MAX_CARRIED = 8
CHOICES, ANSWERS = "Choices", "Answers"


class Choice(NamedTuple):
    """A choice (a row of a matrix) or an answer (a column) by its id.

    ``carried`` says from where, for one that is carried forward from an earlier question, and
    ``origin`` its id there.
    """

    id: str
    payload: Json
    carried: Locator | None = None
    origin: str = ""

    @property
    def display(self) -> str:
        """The label as it is written, HTML included."""
        return text(self.payload.get("Display"))


def choices_of(document: Document, question: Json, which: str = CHOICES) -> list[Choice]:
    """The choices or answers of a question in the order in which they are shown."""
    own = _own(question, which)
    found = {choice.id: choice for choice in [*_carried(document, question, which, 0), *own]}
    return [found[one] for one in _order(question, which, list(found))]


def _own(question: Json, which: str) -> list[Choice]:
    values = mapping(question.get(which))
    return [
        Choice(one, value if isinstance(value, dict) else {"Display": text(value)})
        for one, value in values.items()
    ]


def _order(question: Json, which: str, ids: list[str]) -> list[str]:
    named = texts(question.get("ChoiceOrder" if which == CHOICES else "AnswerOrder"))
    randomised = fixed_order(question) if which == CHOICES else []
    there = set(ids)
    order = dict.fromkeys(one for one in [*(randomised or named), *named, *ids] if one in there)
    return list(order)


def fixed_order(question: Json) -> list[str]:
    """The ids of choices as an advanced randomisation places them, movable ones included."""
    advanced = mapping(mapping(question.get("Randomization")).get("Advanced"))
    order = texts(advanced.get("FixedOrder"))
    movable = iter([*texts(advanced.get("RandomizeAll")), *texts(advanced.get("RandomSubSet"))])
    placed = [next(movable, "") if one == _PLACE else one for one in order]
    return [*filter(None, placed), *movable]


def source_of(question: Json, which: str = CHOICES) -> Locator | None:
    """From where a question carries its choices or answers forward; None where it does not."""
    dynamic = mapping(question.get("DynamicChoices" if which == CHOICES else "DynamicAnswers"))
    return locator(dynamic.get("Locator"))


def _carried(document: Document, question: Json, which: str, depth: int) -> list[Choice]:
    source = source_of(question, which)
    origin = document.questions.get(source.name) if source and source.scheme == "q" else None
    if origin is None or depth > _MAX_CARRIED:
        return []
    group = ANSWERS if source and "Answers" in source.what and ANSWERS in origin else CHOICES
    before = [*_carried(document, origin, group, depth + 1), *_own(origin, group)]
    by_id = {choice.id: choice for choice in before}
    return [
        Choice(f"x{one}", by_id[one].payload, source, one)
        for one in _order(origin, group, list(by_id))
    ]


class Codes(NamedTuple):
    """Codes by id of choice, and the new codes of those that stand for missing answers.

    ``why`` says why they are not the file's recode values ("" where they are).
    """

    by_id: dict[str, str]
    renamed: dict[str, str]
    why: str = ""


def codes_of(question: Json, choices: list[Choice]) -> Codes:
    """The codes of a question's choices: their recode values, or their ids where there are none.

    Where a value is given twice, values cannot be codes: then all choices keep their ids. A code
    that files keep for missing answers becomes another one.
    """
    recode = {
        one: text(value).strip() for one, value in mapping(question.get("RecodeValues")).items()
    }
    codes = {choice.id: recode.get(choice.id) or choice.id for choice in choices}
    why = "two choices have one value" if len(set(codes.values())) < len(codes) else ""
    if why:
        codes = {choice.id: choice.id for choice in choices}
    given = set(codes.values())
    renamed = {code: free_code(code, given) for code in sorted(given & RESERVED)}
    by_id = {one: renamed.get(code, code) for one, code in codes.items()}
    return Codes(by_id, renamed, why)
