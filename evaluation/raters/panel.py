"""Several raters who judge the same views, each alone."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from statistics import fmean

from evaluation.raters.base import Rated, Rater, RaterInfo, Rating, View
from simulacra.errors import InputError

Ratings = dict[str, dict[str, Rated]]
"""What each rater (by name) made of each view (by its id)."""


class Panel:
    """Raters with names of their own.

    Raises:
        InputError: nobody is on it, or two have one name.
    """

    def __init__(self, raters: Sequence[Rater], *, concurrency: int = 8) -> None:
        names = [one.info.name for one in raters]
        if not names:
            raise InputError("a panel needs at least one rater")
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise InputError(f"raters need names of their own: {', '.join(twice)} stands twice")
        self._raters, self._concurrency = tuple(raters), concurrency

    @property
    def members(self) -> tuple[RaterInfo, ...]:
        """Who is on the panel."""
        return tuple(one.info for one in self._raters)

    async def rate(
        self, views: Iterable[View], on_progress: Callable[[int, int], None] | None = None
    ) -> Ratings:
        """What every rater makes of every view of their roles; one that comes twice is judged once.

        ``on_progress`` hears how many ratings of all are there.

        Raises:
            ModelError: a model or its server failed; the rest under way is awaited first.
        """
        asked = {view.id: view for view in views}
        work = [
            (rater, view)
            for rater in self._raters
            for view in asked.values()
            if rater.info.takes(view.role)
        ]
        places = asyncio.Semaphore(self._concurrency)
        found: Ratings = {id_: {} for id_ in asked}
        done = 0
        failed: list[BaseException] = []

        async def one(rater: Rater, view: View) -> None:
            nonlocal done
            async with places:
                if failed:
                    return  # what is under way ends, nothing more is bought
                try:
                    found[view.id][rater.info.name] = await rater.rate(view)
                except Exception as error:
                    failed.append(error)
                    return
            done += 1
            if on_progress is not None:
                on_progress(done, len(work))

        await asyncio.gather(*(one(rater, view) for rater, view in work))
        if failed:
            raise failed[0]
        # In the order of the raters, whoever was done first.
        names = [rater.info.name for rater in self._raters]
        return {
            id_: {name: rated[name] for name in names if name in rated}
            for id_, rated in found.items()
        }


def mean_score(ratings: Iterable[Rated], scale: str) -> float | None:
    """The mean over the raters who gave a number on a scale; None where nobody did."""
    scores = [one.scores[scale] for one in ratings if isinstance(one, Rating)]
    return fmean(scores) if scores else None
