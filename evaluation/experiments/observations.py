"""What was answered in an experiment, person by person: replicates of a person are averaged."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np

from evaluation.intervals import Points
from simulacra.domain.answer import Answer, Missing, MissingCode, Response
from simulacra.domain.base import Frozen
from simulacra.domain.run import Cell, Interview


class Observation(Frozen):
    """One answer: who gave it, in which condition and replicate, and how the item was shown.

    ``order`` holds the codes of the options that are answers, as they were shown; ``place`` is when
    the item came, from 1, None where it was not asked.
    """

    person: str
    condition: str = ""
    replicate: int = 1
    item: str
    response: Response
    place: int | None = None
    order: tuple[str, ...] = ()

    @property
    def interview(self) -> tuple[str, str, int]:
        """What tells interviews apart."""
        return (self.person, self.condition, self.replicate)

    @property
    def code(self) -> str | None:
        """The code of the one option chosen; None without such an answer."""
        told = self.response
        return told.codes[0] if isinstance(told, Answer) and len(told.codes) == 1 else None


def observed(
    records: Iterable[tuple[Interview, Cell]], items: Sequence[str]
) -> tuple[Observation, ...]:
    """The last attempt at each of the items, of every interview."""
    wanted = set(items)
    last: dict[tuple[str, str], Observation] = {}
    for interview, cell in records:
        if cell.item_id not in wanted:
            continue
        shown = tuple(one.code for one in cell.question.options if one.missing is None)
        last[interview.id, cell.item_id] = Observation(
            person=interview.persona.id,
            condition=interview.condition,
            replicate=interview.replicate,
            item=cell.item_id,
            response=cell.response,
            place=cell.sequence,
            order=shown,
        )
    return tuple(last.values())


def missing_in(observations: Iterable[Observation]) -> dict[str, int]:
    """How many answers were asked for and not given, by condition."""
    lost: dict[str, int] = {}
    for one in observations:
        told = one.response
        asked = not (isinstance(told, Missing) and told.code is MissingCode.NOT_ASKED)
        lost.setdefault(one.condition, 0)
        lost[one.condition] += asked and isinstance(told, Missing)
    return lost


class Scores(NamedTuple):
    """Scores of shape (people, items), a person's replicates averaged; NaN where there is none."""

    people: tuple[str, ...]
    points: Points


def scores(
    observations: Iterable[Observation],
    condition: str,
    items: Sequence[str],
    score: Callable[[Observation], float | None],
) -> Scores:
    """The scores in one condition; people in the order of their ids."""
    mine = [one for one in observations if one.condition == condition]
    people = tuple(sorted({one.person for one in mine}))
    row = {person: at for at, person in enumerate(people)}
    column = {item: at for at, item in enumerate(items)}
    sums = np.zeros((len(people), len(items)))
    counts = np.zeros_like(sums)
    for one in mine:
        value = score(one) if one.item in column else None
        if value is not None:
            sums[row[one.person], column[one.item]] += value
            counts[row[one.person], column[one.item]] += 1
    points = np.divide(sums, counts, out=np.full_like(sums, np.nan), where=counts > 0)
    return Scores(people, points)


def for_all(one: Scores, other: Scores) -> tuple[Scores, Scores]:
    """The same people, in the same order, in both; rows of NaN where somebody is in one only."""
    people = tuple(sorted({*one.people, *other.people}))
    return _of(one, people), _of(other, people)


def _of(one: Scores, people: tuple[str, ...]) -> Scores:
    points = np.full((len(people), one.points.shape[1]), np.nan)
    row = {person: at for at, person in enumerate(people)}
    for at, person in enumerate(one.people):
        points[row[person]] = one.points[at]
    return Scores(people, points)
