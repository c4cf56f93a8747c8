"""The history of a persona: which changes count, going back and forward, what is still stale.

Changes form a line from version to version. ``undo`` goes back to the content before the last
change that counts, as a new version, and may be repeated; ``redo`` takes the last undo back, until
something else is changed. A version that no change made (an import, a story written anew) breaks
the line: what lies before it can be looked at, but undoing across it would lose that version, and
so is refused.
"""

from collections.abc import Sequence
from typing import NamedTuple

from personas.checks.finding import Finding
from personas.editing.dependents import fact_id, passages_of
from simulacra.domain.change import Change, Dependent
from simulacra.domain.memory import Span
from simulacra.domain.persona import Persona
from simulacra.errors import InputError


class Line(NamedTuple):
    """Changes that count now, oldest first, and those undone, in the order they were."""

    done: tuple[Change, ...]
    undone: tuple[Change, ...]


def line_of(changes: Sequence[Change], version: int) -> Line:
    """The unbroken line of changes that leads to a version."""
    start, expected = len(changes), version
    while start and changes[start - 1].version == expected:
        start -= 1
        expected = changes[start].base
    done: list[Change] = []
    undone: list[Change] = []
    for change in changes[start:]:
        if change.kind == "undo":
            undone.append(done.pop())
        elif change.kind == "redo":
            done.append(undone.pop())
        else:
            done.append(change)
            undone.clear()
    return Line(tuple(done), tuple(undone))


def to_undo(persona: Persona, changes: Sequence[Change]) -> Change:
    """The change that an undo takes back: the content of its ``base`` comes again.

    Raises:
        InputError: there is none.
    """
    line = line_of(changes, persona.version)
    if line.done:
        return line.done[-1]
    if not changes or line.undone:
        raise InputError(f"there is no change of {persona.name} left to undo")
    raise InputError(
        f"version {persona.version} of {persona.name} was not made by an edit, and undoing an "
        f"earlier one would lose it; look at that one with: persona show --version "
        f"{changes[-1].base}"
    )


def to_redo(persona: Persona, changes: Sequence[Change]) -> Change:
    """The change that a redo brings again: the content of its ``version``.

    Raises:
        InputError: nothing was undone, or something was changed since.
    """
    line = line_of(changes, persona.version)
    if not line.undone:
        raise InputError(
            f"there is nothing to redo for {persona.name}: only an undo that nothing followed "
            "can be taken back"
        )
    return line.undone[-1]


def stale(persona: Persona, changes: Sequence[Change]) -> tuple[Dependent, ...]:
    """What depends on changes that count and was not refreshed since, with its place now."""
    found: dict[str, Dependent] = {}
    for change in line_of(changes, persona.version).done:
        for key in (*change.refreshed, *change.details.get("removed", ())):
            found.pop(key, None)
        for one in change.stale:
            known = found.get(one.key)
            why = f"{known.why}; {one.why}" if known and known.why != one.why else one.why
            found[one.key] = one.model_copy(update={"why": why})
    places = _places(persona)
    return tuple(
        one.model_copy(update={"span": places[one.key]})
        for one in found.values()
        if one.key in places
    )


def stale_findings(persona: Persona, changes: Sequence[Change]) -> tuple[Finding, ...]:
    """The same as findings of a check."""
    memories = {one.id: one.episode for one in persona.memories}
    return tuple(
        Finding(
            kind="stale",
            severity="warning",
            message=f"{one.kind} {one.id}".strip() + f" was not refreshed: {one.why}",
            span=one.span,
            episode=one.id if one.kind == "passage" else memories.get(one.id),
            detail=one.quote,
        )
        for one in stale(persona, changes)
    )


def _places(persona: Persona) -> dict[str, Span | None]:
    """Every part that can be stale and is still there, with its place in the story."""
    places: dict[str, Span | None] = {"biography:": None}
    remembered = {one.episode for one in persona.memories}
    for passage in passages_of(persona):
        places[f"passage:{passage.id}"] = passage.span
        if passage.id not in remembered:
            places[f"memory:of {passage.id}"] = passage.span
    places |= {f"memory:{one.id}": one.source for one in persona.memories}
    places |= {f"fact:{fact_id(one)}": one.span for one in persona.facts}
    places |= {f"question:{one.id}": None for one in persona.questions}
    return places
