"""What an evaluation of traits found."""

from itertools import combinations
from statistics import fmean
from typing import Literal

from pydantic import Field

from evaluation.personality.acquiescence import Acquiescence
from evaluation.personality.functions import FunctionsResult
from evaluation.personality.mtmm import TOO_GOOD, Mtmm
from evaluation.personality.recovery import Recovery
from evaluation.raters.base import RaterInfo
from evaluation.sections import Estimate
from simulacra.domain.base import Frozen

Method = Literal["self", "interview", "scenario", "functions"]
METHODS: tuple[Method, ...] = ("self", "interview", "scenario", "functions")
NAMES: dict[str, str] = {
    "self": "self report",
    "interview": "rated interview",
    "scenario": "scenario choice",
    "functions": "eight functions",
}


class PersonLevels(Frozen):
    """Levels, 1 to 5, of a person by one method; ``assigned`` among the methods."""

    person: str
    method: str
    domains: dict[str, float]
    facets: dict[str, float]


class Observers(Frozen):
    """Who rated the interviews and how far they agree.

    ``icc_single`` and ``icc_panel`` are ICC(A,1) and ICC(A,k) over people and facets, ``ratings``
    how many were asked for, ``unseen`` how many said that the answers do not show it, ``unrated``
    how many views could not be rated, with the reasons.
    """

    raters: tuple[RaterInfo, ...]
    icc_single: Estimate
    icc_panel: Estimate
    ratings: int
    unseen: int
    unrated: tuple[str, ...] = ()


class TraitsResult(Frozen):
    """Traits of some people by several methods, held against each other and as assigned.

    ``missing`` counts questions without an answer, by part; ``cost`` is in US dollars.
    """

    simulated: bool = True
    instrument: str
    title: str
    model: str
    method: str
    methods: tuple[Method, ...]
    people: dict[str, str]
    replicates: int
    seed: int
    levels: tuple[PersonLevels, ...]
    mtmm: Mtmm | None = None
    recovery: tuple[Recovery, ...] = ()
    functions: FunctionsResult | None = None
    acquiescence: Acquiescence | None = None
    observers: Observers | None = None
    missing: dict[str, int] = Field(default_factory=dict)
    notes: tuple[str, ...] = ()
    runs: dict[str, str] = Field(default_factory=dict)
    calls: int = 0
    cost: float = 0.0

    @property
    def player_rates(self) -> bool:
        """Whether the model that played the people also rated them."""
        return self.observers is not None and any(one.is_player for one in self.observers.raters)

    @property
    def too_good(self) -> tuple[tuple[str, str, float], ...]:
        """Pairs of methods that agree more than those of people ever do, with their mean r."""
        if self.mtmm is None:
            return ()
        found: list[tuple[str, str, float]] = []
        for one, two in combinations(self.mtmm.methods, 2):
            known = [
                pair.r.value
                for pair in self.mtmm.between("convergent", one, two)
                if pair.r.value is not None
            ]
            if known and fmean(known) >= TOO_GOOD:
                found.append((one, two, fmean(known)))
        return tuple(found)
