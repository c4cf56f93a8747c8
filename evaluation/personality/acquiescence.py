"""Acquiescence: agreeing whatever a sentence says.

A respondent's index is the mean over scales that have items of both keys of (mean code of the items
keyed upwards + mean code of those keyed downwards) / 2, less the middle of the codes: somebody who
answers by content alone has 0 (after Soto, John, Gosling and Potter, 2008, Journal of Personality
and Social Psychology 94, 718-737, who take pairs of opposite items).
"""

from collections.abc import Iterable, Mapping, Sequence

from evaluation.intervals import mean_interval
from evaluation.personality.scoring import HIGHEST, LOWEST, keyed_level
from evaluation.sections import Estimate
from simulacra.domain.answer import Response
from simulacra.domain.base import Frozen
from simulacra.domain.survey import Item


class Acquiescence(Frozen):
    """The mean index over people, and that of each; ``scales`` had items of both keys."""

    mean: Estimate
    people: dict[str, float]
    scales: int


def acquiescence(
    items: Sequence[Item],
    groups: Mapping[str, str],
    told: Mapping[str, Sequence[Mapping[str, Response]]],
    *,
    seed: int = 0,
) -> Acquiescence:
    """The index of each person (id) over replicates; ``groups`` leads from a scale to its domain.

    Raises:
        InputError: the codes of an item do not go from 1 to 5.
    """
    mixed = _of_both_keys(items, groups)
    people: dict[str, float] = {}
    for person, replicates in told.items():
        found = [one for told_ in replicates if (one := _index(mixed, told_)) is not None]
        if found:
            people[person] = sum(found) / len(found)
    values = list(people.values())
    mean = Estimate(
        value=sum(values) / len(values) if values else None,
        interval=mean_interval(values, seed=seed),
        n=len(values),
    )
    return Acquiescence(mean=mean, people=people, scales=len(mixed))


def _of_both_keys(items: Iterable[Item], groups: Mapping[str, str]) -> list[list[Item]]:
    by_group: dict[str, list[Item]] = {}
    for item in items:
        if item.scale is not None and item.scale in groups:
            by_group.setdefault(groups[item.scale], []).append(item)
    return [some for some in by_group.values() if len({item.reverse for item in some}) == 2]


def _index(groups: Sequence[Sequence[Item]], responses: Mapping[str, Response]) -> float | None:
    found: list[float] = []
    for items in groups:
        means = [
            _mean_code([item for item in items if item.reverse == key], responses)
            for key in (False, True)
        ]
        up, down = means
        if up is not None and down is not None:
            found.append((up + down) / 2 - (LOWEST + HIGHEST) / 2)
    return sum(found) / len(found) if found else None


def _mean_code(items: Sequence[Item], responses: Mapping[str, Response]) -> float | None:
    codes: list[float] = []
    for item in items:
        level = keyed_level(item, responses.get(item.id))
        if level is not None:
            codes.append(LOWEST + HIGHEST - level if item.reverse else level)
    return sum(codes) / len(codes) if 4 * len(codes) >= 3 * len(items) > 0 else None
