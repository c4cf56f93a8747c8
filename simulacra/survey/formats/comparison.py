"""What a written file lost: the instrument beside what the file gives back."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from simulacra.domain.flow import Show
from simulacra.domain.survey import Instrument
from simulacra.survey.report import ReportEntry


def losses(before: Instrument, after: Instrument, told: list[ReportEntry]) -> list[ReportEntry]:
    """Every field that differs and is not ``told`` yet, in the order of the instrument.

    ``what`` is the name of the field (of ``Item`` where ``question`` is the id of one, else of
    ``Instrument``), ``kept`` its value before.
    """
    known = {(entry.question, entry.what) for entry in told}
    found = [*told]
    for question, field, value in differences(before, after):
        if (question, field) not in known:
            why = "the format has no place for it, or holds it in another form"
            found.append(ReportEntry(question=question, what=field, why=why, kept=value))
    return found


def differences(before: Instrument, after: Instrument) -> Iterator[tuple[str, str, Any]]:
    """Item (or "" for the whole), field and value before, wherever two instruments differ."""
    read = {item.id: item for item in after.items}
    for item in before.items:
        if item.id not in read:
            yield item.id, "item", item.model_dump(mode="json", exclude_defaults=True)
            continue
        for field in _changed(item, read[item.id]):
            yield item.id, field, _plain(getattr(item, field))
    for field in _changed(_straight(before), _straight(after)):
        if field != "items":
            yield "", field, _plain(getattr(before, field))
    ids = [item.id for item in before.items]
    if ids != [item.id for item in after.items]:
        yield "", "items", ids


def _straight(instrument: Instrument) -> Instrument:
    """The instrument without a flow that only shows its blocks in order."""
    plain = tuple(Show(block=block.id) for block in instrument.blocks)
    return instrument.model_copy(update={"flow": ()}) if instrument.flow == plain else instrument


def _changed(before: BaseModel, after: BaseModel) -> list[str]:
    names = type(before).model_fields
    return [name for name in names if getattr(before, name) != getattr(after, name)]


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_defaults=True)
    return [_plain(one) for one in value] if isinstance(value, tuple) else value
