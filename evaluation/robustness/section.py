"""Robustness as a section of a report."""

from collections.abc import Iterator

from evaluation.figures import Dot, DotRow, dot_panel
from evaluation.robustness.report import stars
from evaluation.robustness.result import Effect, Measure, PerturbationResult, RobustnessResult
from evaluation.sections import Cell, Drawing, Estimate, Section, Table, counted, said


def section_of(result: RobustnessResult) -> Section:
    """What perturbations of the items did, in the form of all evaluations."""
    return Section(
        name="robustness",
        title=f"Robustness of answers to {result.title}",
        question="Do answers hold when the items are put another way?",
        method=(
            "The same items in their own words, again as a retest with other seeds, and once for "
            f"each of {len(result.perturbations)} perturbations with the original's seeds. Beyond: "
            "how much more often perturbed answers differ from the retest than the original do."
        ),
        sample=(
            f"{counted(result.people, 'person', 'people')}, "
            f"{counted(result.replicates, 'replicate')}, {result.method} on "
            f"{result.model}, temperature {result.temperature:g}."
        ),
        findings=tuple(_findings(result)),
        warnings=result.notes,
        tables=tuple(_tables(result)),
        drawings=tuple(_drawings(result)),
        limits=(
            "Intervals resample people; with few people they are somewhat too narrow.",
            *((f"Left out: {', '.join(result.left_out)}.",) if result.left_out else ()),
        ),
        sources=("Efron and Tibshirani (1993), An Introduction to the Bootstrap",),
        runs=result.runs,
        calls=result.calls,
        cost=result.cost,
    )


def _findings(result: RobustnessResult) -> Iterator[str]:
    applied = [one for one in result.perturbations if one.overall]
    clear = [one for one in applied if one.overall and one.overall.beyond.clear]
    if clear:
        told = ", ".join(
            f"{one.name.replace('_', ' ')} {_points(one.overall.beyond)}"
            for one in clear
            if one.overall
        )
        yield (
            f"{len(clear)} of {len(applied)} perturbations change answers more than asking again "
            f"does: {told}."
        )
    else:
        yield (
            f"None of {len(applied)} perturbations changes answers clearly more than asking again "
            "does."
        )
    found, of = stars(result)
    if of:
        yield (
            f"{found} of {of} intervals of single items leave out zero; about {of / 20:.0f} would "
            "by chance alone."
        )


def _points(measure: Measure) -> str:
    return f"{said(100 * (measure.value or 0.0), signed=True)} points"


def _tables(result: RobustnessResult) -> Iterator[Table]:
    columns = (
        "perturbation", "of", "people", "changed", "retest", "beyond", "shift", "retest shift",
        "distance", "retest distance",
    )  # fmt: skip
    note = (
        "Changed: share of answers that differ from the original's. Distance: total variation "
        "between distributions; it is above 0 by chance alone, so hold it against the retest's."
    )
    together = [_row(one, one.overall) for one in result.perturbations if one.overall]
    yield Table(
        name="perturbations",
        title="All items together",
        columns=columns,
        rows=tuple(together),
        note=note,
    )
    for level in ("scales", "items"):
        rows = [_row(one, part) for one in result.perturbations for part in getattr(one, level)]
        if rows:
            yield Table(
                name=level, title=level.capitalize(), columns=columns, rows=tuple(rows), folded=True
            )


def _row(one: PerturbationResult, effect: Effect) -> tuple[Cell, ...]:
    measures = (
        effect.changed, effect.retest, effect.beyond, effect.shift, effect.retest_shift,
        effect.distance, effect.retest_distance,
    )  # fmt: skip
    numbers = (_estimate(measure, effect.people) for measure in measures)
    return (one.name.replace("_", " "), effect.id, effect.people, *numbers)


def _estimate(measure: Measure | None, people: int) -> Estimate | None:
    if measure is None:
        return None
    return Estimate(value=measure.value, interval=measure.interval, n=people)


def _drawings(result: RobustnessResult) -> Iterator[Drawing]:
    rows = [
        DotRow(
            one.name.replace("_", " "),
            (Dot(100 * beyond.value, _ends(beyond)),),
            said(100 * beyond.value, signed=True),
        )
        for one in result.perturbations
        if one.overall and (beyond := one.overall.beyond).value is not None
    ]
    if rows:
        yield Drawing(
            name="beyond",
            title="Changed beyond the retest",
            base=f"{counted(result.people, 'person', 'people')}, all items that each was applied "
            "to; 95% intervals",
            svg=dot_panel(
                rows, ["beyond"], unit="percentage points", key="beyond",
                label="Answers that changed beyond the retest, by perturbation",
            ),
        )  # fmt: skip


def _ends(measure: Measure) -> tuple[float, float] | None:
    if measure.interval is None:
        return None
    return 100 * measure.interval.low, 100 * measure.interval.high
