"""The turns of a Loop & Merge block."""

from typing import NamedTuple

from simulacra.survey.formats.qsf.choices import Choice, choices_of
from simulacra.survey.formats.qsf.document import Document, Json, mapping, text, whole
from simulacra.survey.formats.qsf.locators import Locator, locator
from simulacra.survey.formats.qsf.names import legal_code
from simulacra.survey.formats.qsf.wording import wording

NUMERIC = "MergeOnNumericResponse"
_MAX_TURNS = 500
NUMBER = "CurrentLoop"


class Turn(NamedTuple):
    """One turn: its key, its fields (HTML as written), and the choice that it stands for."""

    key: str
    fields: dict[str, str]
    choice: Choice | None = None


def loop_of(block: Json) -> Json:
    """The options of a block's loop, {} where it has none."""
    options = mapping(block.get("Options"))
    if text(options.get("Looping")) not in ("Static", "Question"):
        return {}
    return mapping(options.get("LoopingOptions"))


def driver_of(block: Json) -> Locator | None:
    """The question whose answer decides over the turns; None for a fixed loop."""
    if text(mapping(block.get("Options")).get("Looping")) != "Question":
        return None
    options = loop_of(block)
    found = locator(options.get("Locator")) or locator(options.get("ChoiceGroupLocator"))
    named = text(options.get("QID"))
    return found or (Locator("q", named, ("SelectedChoices",)) if named else None)


def turns_of(document: Document, block: Json) -> list[Turn]:
    """The turns of a block's loop in order; none where it has no loop."""
    options = loop_of(block)
    if not options:
        return []
    rows = {one: _fields(row) for one, row in mapping(options.get("Static")).items()}
    driver = driver_of(block)
    origin = document.questions.get(driver.name) if driver else None
    if driver and origin is not None and driver.what != NUMERIC:
        choices = {choice.id: choice for choice in choices_of(document, origin)}
        rows = {one: {"1": choice.display, **rows.get(one, {})} for one, choice in choices.items()}
    elif driver and driver.what == NUMERIC and not rows:
        rows = {str(at): {} for at in range(1, 1 + (whole(options.get("Maximum")) or 10))}
    else:
        choices = {}
    turns = []
    for one, fields in list(rows.items())[:_MAX_TURNS]:
        turns.append(Turn(legal_code(one), {**fields, NUMBER: one}, choices.get(one)))
    return turns


def _fields(row: object) -> dict[str, str]:
    values = mapping(row) if isinstance(row, dict | list) else {"1": row}
    return {legal_code(one): text(value) for one, value in values.items()}


def plain(fields: dict[str, str]) -> dict[str, str]:
    """Fields as plain text."""
    return {name: wording(value).text for name, value in fields.items()}
