"""What a psychometric evaluation finds, of a run and of the people whom it is set beside."""

from typing import Literal

from pydantic import Field

from evaluation.sections import Estimate
from simulacra.domain.base import Frozen

Basis = Literal["same items", "a scale of that name"]


class Fit(Frozen):
    """Fit of a confirmatory factor model on ``n`` respondents; ``why`` there is none.

    ``rmsea`` has an interval of 90%.
    """

    n: int
    items: int
    factors: int
    chi2: float | None = None
    df: int | None = None
    p: float | None = None
    cfi: float | None = None
    tli: float | None = None
    rmsea: Estimate | None = None
    srmr: float | None = None
    why: str = ""


class ItemMeasures(Frozen):
    """One item: how it was answered as keyed, and how it goes with the rest of its scale.

    ``lowest`` and ``highest`` are its codes; ``answers`` are those on all occasions, of ``asked``.
    """

    id: str
    text: str
    scale: str | None
    reverse: bool
    lowest: float
    highest: float
    answers: int
    asked: int
    mean: float | None
    sd: float | None
    item_total: Estimate
    retest: Estimate


class ScaleMeasures(Frozen):
    """One scale. ``consistency`` is the correlation of its two halves, keyed and reverse-keyed.

    ``omega`` is that of one factor; ``omega_grouped`` and ``omega_hierarchical`` those of a general
    factor with three group factors. ``retest`` is the correlation of two occasions, ``icc`` the
    absolute agreement of single ones, ICC(2,1); ``fit`` that of one factor.
    """

    scale: str
    items: int
    reversed: int
    people: int
    mean: Estimate
    sd: float | None
    alpha: Estimate
    omega: Estimate
    omega_grouped: Estimate
    omega_hierarchical: Estimate
    mean_r: Estimate
    consistency: Estimate
    retest: Estimate
    icc: Estimate
    fit: Fit


class RespondentStyle(Frozen):
    """How one respondent used the answer scale; shares of the answers, over all occasions.

    ``acquiescence``: from -0.5 (always the low end) to 0.5 (always the high end, whatever the key).
    ``inconsistency``: mean distance of keyed and reverse-keyed halves, as a share of the range.
    ``longest``: longest run of the same answer, as a share of the items answered. ``same``: whether
    all answers of an occasion are the same, as a share of occasions. ``entropy``: 0 for one answer
    only, 1 for all alike often.
    """

    id: str
    answers: int
    acquiescence: float | None
    inconsistency: float | None
    extreme: float | None
    midpoint: float | None
    longest: float | None
    same: float | None
    entropy: float | None


class Styles(Frozen):
    """Response styles over respondents, on the ``items`` that share one answer scale."""

    items: int
    options: int
    acquiescence: Estimate
    inconsistency: Estimate
    extreme: Estimate
    midpoint: Estimate
    longest: Estimate
    same: Estimate
    entropy: Estimate
    respondents: tuple[RespondentStyle, ...] = Field(default=(), repr=False)


class OptionCounts(Frozen):
    """How often each code was given over the items of a scale, as given: reversed ones not turned.

    ``codes`` and ``counts`` go from the lowest to the highest.
    """

    scale: str
    codes: tuple[float, ...]
    counts: tuple[int, ...]


class Measures(Frozen):
    """The measures of one sample: a run, or people. ``missing`` counts answers by the reason."""

    people: int
    occasions: int
    answers: int
    missing: dict[str, int]
    scales: tuple[ScaleMeasures, ...]
    items: tuple[ItemMeasures, ...]
    styles: Styles
    options: tuple[OptionCounts, ...] = ()
    fit: Fit


class Distance(Frozen):
    """How far inter-item correlations lie from those of people, on ``items`` that both answered.

    ``rms``: root mean square difference. ``beyond``: what of it is left once the sampling error of
    both is taken off, with its interval. ``alike``: correlation of the two sets of correlations.
    """

    items: int
    pairs: int
    rms: Estimate
    beyond: Estimate
    alike: Estimate


class Beside(Frozen):
    """People whom the run is set beside: ``basis`` says for each scale what they answered."""

    name: str
    basis: dict[str, Basis]
    measures: Measures
    distance: Distance


class PsychometricsResult(Frozen):
    """How the answers of a run behave as measurements."""

    run: str
    study: str
    instrument: str
    model: str
    method: str
    status: str
    done: int
    cells: int
    seed: int
    measures: Measures
    beside: tuple[Beside, ...] = ()
    left_out: dict[str, str] = Field(default_factory=dict)
    notes: tuple[str, ...] = ()
    calls: int = 0
    cost: float = 0.0
