"""Answers of a sample of respondents as numbers, be they simulated or people."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from evaluation.intervals import Points


class Scored(NamedTuple):
    """An item with ordered codes: the scale that it belongs to, and whether it is reverse-keyed."""

    id: str
    text: str
    scale: str | None
    reverse: bool
    codes: tuple[float, ...]

    @property
    def middle(self) -> float:
        """The middle between the lowest and the highest code."""
        return (self.codes[0] + self.codes[-1]) / 2


class Sample(NamedTuple):
    """Answers of shape (occasions, people, items), NaN where there is none, as they were given.

    Occasions are replicates or waves: the same people again, never more people. ``sequence`` is the
    place at which an item was asked, None where that is not known. ``missing`` counts answers that
    are not there by the reason.
    """

    items: tuple[Scored, ...]
    people: tuple[str, ...]
    answers: Points
    sequence: Points | None = None
    missing: Mapping[str, int] = {}

    @property
    def occasions(self) -> int:
        """How often the same people were asked."""
        return len(self.answers)

    def keyed(self, items: Sequence[int]) -> Points:
        """The answers to items in places, those to reverse-keyed ones turned round."""
        some = [self.items[at] for at in items]
        turn = np.array([-1.0 if item.reverse else 1.0 for item in some])
        ends = np.array([2 * item.middle if item.reverse else 0.0 for item in some])
        return np.asarray(self.answers[:, :, list(items)] * turn + ends)

    def scales(self) -> dict[str, list[int]]:
        """The places of the items of each scale, in the order in which scales first come."""
        found: dict[str, list[int]] = {}
        for place, item in enumerate(self.items):
            if item.scale:
                found.setdefault(item.scale, []).append(place)
        return found

    def only(self, places: Sequence[int]) -> "Sample":
        """The sample with the items in these places alone."""
        at = list(places)
        sequence = None if self.sequence is None else self.sequence[:, :, at]
        items = tuple(self.items[place] for place in at)
        return self._replace(items=items, answers=self.answers[:, :, at], sequence=sequence)


def mean_known(values: Points) -> Points:
    """Means over the first axis of what is known; NaN where nothing is."""
    known = ~np.isnan(values)
    many = known.sum(axis=0)
    sums = np.where(known, values, 0).sum(axis=0)
    return np.asarray(np.where(many > 0, sums / np.maximum(many, 1), np.nan))
