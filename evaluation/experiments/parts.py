"""What the analyses of two conditions share: named estimates, items, the main sentence."""

from collections.abc import Callable, Sequence

from evaluation.experiments.resampling import Two
from evaluation.experiments.result import Named, OfItem
from evaluation.intervals import Points
from evaluation.sections import Estimate, said
from simulacra.domain.survey import Item

BOOTSTRAP = (
    "Hesterberg, T. C. (2015). What teachers should know about the bootstrap. American "
    "Statistician 69, 371-386."
)
NOBODY = "nobody answered"


def named(
    name: str, label: str, unit: str, estimate: Estimate, why: str = NOBODY, p: float | None = None
) -> Named:
    """An estimate by its name; ``why`` is told where it is undefined."""
    if estimate.value is None:
        estimate = estimate.model_copy(update={"why": why})
    return Named(name=name, label=label, unit=unit, estimate=estimate, p=p)


def of_item(
    two: Two, at: int, item: Item, middle: Callable[[Points, Points], Points]
) -> OfItem:
    """The item in place ``at``: its middle in both conditions, and the difference."""
    one = two.only([at])
    return OfItem(
        id=item.id,
        wording=item.text,
        first=one.estimate(lambda a, b: middle(a, one.first)[:, 0]),  # noqa: ARG005
        second=one.estimate(lambda a, b: middle(b, one.second)[:, 0]),  # noqa: ARG005
        effect=one.estimate(lambda a, b: (middle(a, one.first) - middle(b, one.second))[:, 0]),
    )


def told(estimates: Sequence[Named], first: str, second: str) -> tuple[str, ...]:
    """The main estimate as a sentence."""
    main = estimates[0]
    if main.estimate.value is None:
        why = main.estimate.why
        return (f"The {main.label} between {first} and {second} is undefined: {why}.",)
    number = in_words(main.estimate, main.unit, signed=True)
    return (f"The {main.label}, {first} minus {second}, is {number}.",)


def in_words(estimate: Estimate, unit: str, *, signed: bool = False) -> str:
    """An estimate for a sentence: shares in per cent, differences of shares in points."""
    if unit not in ("share", "difference"):
        return said(estimate, signed=signed)
    if estimate.value is None:
        return "–"
    sign = "+" if signed else ""
    per_cent = [
        f"{round(100 * one):{sign}d}".replace("-", "−")
        for one in (estimate.value, *(estimate.ends or ()))
    ]
    what = "%" if unit == "share" else " points"
    if estimate.ends is None:
        return f"{per_cent[0]}{what}"
    return f"{per_cent[0]}{what} ({per_cent[1]} to {per_cent[2]})"
