"""What a measurement of robustness found."""

from pydantic import Field

from evaluation.intervals import Interval
from evaluation.robustness.base import Wordings
from simulacra.domain.base import Frozen


class Measure(Frozen):
    """A number with its interval over people: None without answers, and with fewer than three."""

    value: float | None = None
    interval: Interval | None = None

    @property
    def clear(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.interval is not None and not self.interval.low <= 0 <= self.interval.high


class Effect(Frozen):
    """What a perturbation did to an item, to a scale, or to all items that it changed.

    Shares go from 0 to 1. ``changed``: answers that differ from those to the original with the same
    seeds; ``retest``: answers to the original that differ with other seeds. ``beyond``: how much
    more often the perturbed answers differ from the retest than the original ones do; both of these
    have the same seeds, so only the perturbation sets them apart. ``shift``: perturbed minus
    original, on the codes of before with reversed items turned round, None where answers are no
    amounts, ``retest_shift`` that of the retest. ``distance``: total variation between the
    distributions of perturbed and original answers, from 0 to 1; it is above 0 by chance alone, so
    ``retest_distance`` is what to hold it against. For several items, the mean over them.
    """

    id: str
    text: str = ""
    items: int = 1
    people: int
    changed: Measure
    retest: Measure
    beyond: Measure
    shift: Measure | None = None
    retest_shift: Measure | None = None
    distance: Measure
    retest_distance: Measure


class PerturbationResult(Frozen):
    """One perturbation: what it did, and which items it could not be applied to, with the reason.

    ``overall`` is None where it applied to none; then nobody was asked. ``wordings`` are the texts
    of the items as they were put, by item id.
    """

    name: str
    what: str
    run: str | None = None
    overall: Effect | None = None
    scales: tuple[Effect, ...] = ()
    items: tuple[Effect, ...] = ()
    spared: dict[str, str] = Field(default_factory=dict)
    wordings: dict[str, str] = Field(default_factory=dict)


class Written(Frozen):
    """Paraphrases by a model: which items they are of, and what they took, when they were bought.

    Nobody checked that they mean the same.
    """

    model: str
    items: tuple[str, ...]
    calls: int
    cost: float


class RobustnessResult(Frozen):
    """How robust the answers of some people on one instrument are.

    ``left_out`` names items whose answers cannot be held against each other, such as texts.
    ``missing`` counts answers that were not given, by perturbation; ``cost`` is in US dollars.
    ``supplied`` are wordings that no rule made, ``written`` those of them by a model, whose calls
    are among ``calls``.
    """

    simulated: bool = True
    instrument: str
    title: str
    model: str
    method: str
    people: int
    replicates: int
    seed: int
    temperature: float
    perturbations: tuple[PerturbationResult, ...]
    left_out: tuple[str, ...]
    missing: dict[str, int]
    supplied: Wordings = Wordings()
    written: Written | None = None
    notes: tuple[str, ...] = ()
    runs: dict[str, str] = Field(default_factory=dict)
    calls: int = 0
    cost: float = 0.0
