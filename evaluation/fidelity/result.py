"""What holding simulated answers against human ones found."""

from pydantic import Field, computed_field

from evaluation.intervals import Interval
from evaluation.sections import Estimate
from simulacra.domain.base import Frozen

NARROW = 0.8
"""Below this ratio of standard deviations, simulated answers are called under-dispersed."""


class Distance(Frozen):
    """A distance beside what two samples of humans differ by.

    ``floor`` is the mean distance between two samples drawn from the humans, of as many people as
    answered on either side; ``floor_high`` is what 95 in 100 such pairs stay below.
    """

    value: float | None
    interval: Interval | None = None
    floor: float | None = None
    floor_high: float | None = None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def beyond(self) -> bool:
        """Whether it is more than sampling would bring about."""
        return self.value is not None and self.floor_high is not None and (
            self.value > self.floor_high
        )  # fmt: skip


class Accuracy(Frozen):
    """Whether simulated people answer as the human whose row they were made from.

    Shares go from 0 to 1. ``chance`` is what the same answers would reach if they were dealt out
    to the people at random, ``modal`` what everybody reaches by the commonest human answer,
    ``beyond_chance`` the accuracy less chance. ``retest`` is the share of humans who give the same
    answer the second time; ``normalised`` is accuracy over retest, among humans with both answers,
    and so is ``normalised_correlation``. ``people`` are the human rows that have an answer on both
    sides; for several items, the least number over them, and every number the mean over items.
    """

    items: int = 1
    people: int
    accuracy: Estimate
    chance: float | None
    modal: float | None
    beyond_chance: Estimate
    retest: Estimate = Estimate()
    normalised: Estimate = Estimate()
    correlation: Estimate = Estimate()
    retest_correlation: Estimate = Estimate()
    normalised_correlation: Estimate = Estimate()

    @computed_field  # type: ignore[prop-decorator]
    @property
    def above_retest(self) -> bool:
        """Whether simulated people agree with humans better than these do with themselves."""
        return self.normalised.value is not None and self.normalised.value > 1


class ItemFidelity(Frozen):
    """One item. ``moved`` is the Wasserstein distance over the item's range.

    ``humans`` and ``people`` have an answer, ``missing_human`` and ``missing_simulated`` are the
    shares of those who have none. ``spread_ratio`` is the simulated standard deviation over the
    human one (of Gini's index where answers have no order).
    """

    id: str
    text: str
    column: str
    ordered: bool
    humans: int
    people: int
    missing_human: float
    missing_simulated: float
    wasserstein: Distance | None = None
    moved: Distance | None = None
    jensen_shannon: Distance | None = None
    total_variation: Distance | None = None
    mean_human: Estimate | None = None
    mean_simulated: Estimate | None = None
    difference: Estimate | None = None
    spread_ratio: Estimate | None = None
    accuracy: Accuracy | None = None
    reason: str = ""

    @computed_field  # type: ignore[prop-decorator]
    @property
    def under_dispersed(self) -> bool:
        """Whether simulated answers are spread less than ``NARROW`` of the human ones."""
        ratio = self.spread_ratio
        return ratio is not None and ratio.value is not None and ratio.value < NARROW


class Correlations(Frozen):
    """Whether items go together as they do among humans.

    ``item_means``: the correlation over items of simulated and human means (0 to 1 of the range),
    ``retest_means`` that of humans with themselves. Over pairs of items: ``root_mean_square`` is
    that of the differences of inter-item correlations, ``elements`` the correlation of the two
    matrices' elements; ``sizes`` are the mean absolute correlations, human and simulated.
    """

    items: int
    item_means: Estimate
    retest_means: Estimate = Estimate()
    pairs: int = 0
    pairs_left_out: int = 0
    root_mean_square: Distance | None = None
    elements: Estimate = Estimate()
    sizes: tuple[float, float] | None = None
    reason: str = ""


class GroupItem(Frozen):
    """One item in one group; ``difference`` is simulated minus human mean, over the range."""

    item: str
    humans: int
    people: int
    distance: Distance | None = None
    difference: Estimate | None = None


class GroupFidelity(Frozen):
    """A group: the mean over items of its distances (``moved``, or total variation).

    Where there are too few people, ``reason`` says so in place of numbers.
    """

    variable: str
    group: str
    humans: int
    people: int
    distance: Distance | None = None
    items: tuple[GroupItem, ...] = ()
    reason: str = ""


class FidelityResult(Frozen):
    """How near the answers of a run are to those of humans.

    ``moved``, ``jensen_shannon`` and ``total_variation`` are means over items. ``unmatched`` counts
    simulated people behind whom no human row stands; ``least`` is the least size of a group.
    """

    simulated: bool = True
    run: str
    study: str
    title: str
    model: str
    method: str
    behavioural: bool = False
    people: int
    replicates: int
    humans: int
    human_file: str
    weighted: bool
    seed: int
    least: int
    moved: Distance | None = None
    jensen_shannon: Distance | None = None
    total_variation: Distance | None = None
    items: tuple[ItemFidelity, ...]
    correlations: Correlations
    accuracy: Accuracy | None = None
    unmatched: int
    groups: tuple[GroupFidelity, ...] = ()
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    calls: int = 0
    cost: float = Field(default=0.0, description="US dollars")
