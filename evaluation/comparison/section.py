"""A comparison of runs as a section of a report."""

from collections.abc import Iterator

from evaluation.comparison.result import Beside, Comparison, Paired
from evaluation.figures import Dot, DotRow, dot_panel
from evaluation.sections import Cell, Drawing, Estimate, Section, Table, said

_MOST_ROWS = 40
"""More rows make no readable figure."""


def section_of(found: Comparison) -> Section:
    """What the comparison found, in the form of all evaluations."""
    first = found.runs[0]
    return Section(
        name="comparison",
        title=f"{first.name}: {' beside '.join(one.label for one in found.runs)}",
        question="Do these runs answer alike, person by person and as distributions?",
        method=(
            f"The same items, paired by person, condition and replicate; {first.label} "
            f"({first.run}) is what the others are held against. Intervals resample {found.unit}."
        ),
        sample=f"{found.people} people who are in all the runs.",
        findings=tuple(_findings(found)),
        warnings=found.notes,
        tables=tuple(_tables(found)),
        drawings=tuple(_drawings(found)),
        limits=(
            "Runs that answer alike need not be right: that takes people to compare with.",
            "Distance is above 0 by chance alone where answers are few.",
        ),
        sources=("Efron and Tibshirani (1993), An Introduction to the Bootstrap",),
        runs={one.label: one.run for one in found.runs},
        cost=sum(one.cost for one in found.runs),
        calls=round(sum(one.calls * one.answers for one in found.runs)),
    )


def _findings(found: Comparison) -> Iterator[str]:
    for one in found.beside:
        steady = found.runs[0].steady
        beside = (
            f"; {found.runs[0].label} gives its own answers again in {_share(steady)}"
            if steady.value is not None
            else ""
        )
        yield (
            f"{one.label} gives the answer of {found.runs[0].label} in {_share(one.same)}{beside}."
        )
        parts = one.scales or tuple(item for item in one.items if item.difference)
        with_interval = [part for part in parts if part.difference and part.difference.interval]
        clear = [part for part in with_interval if not _covers_zero(part)]
        what = "scales" if one.scales else "items"
        if with_interval:
            names = ", ".join(
                f"{part.id} {said(part.difference.value, signed=True)}"
                for part in clear[:8]
                if part.difference
            )
            yield (
                f"Levels differ clearly on {len(clear)} of {len(with_interval)} {what}"
                f"{f': {names}' if names else ''}; about "
                f"{said(len(with_interval) / 20)} would by chance alone."
            )


def _covers_zero(part: Paired) -> bool:
    return part.difference is None or part.difference.covers(0)


def _share(estimate: Estimate) -> str:
    if estimate.value is None:
        return "no answers"
    low_high = ""
    if estimate.ends:
        low, high = (100 * end for end in estimate.ends)
        low_high = f" ({low:.0f} to {high:.0f})"
    return f"{100 * estimate.value:.0f}%{low_high} of answers"


def _tables(found: Comparison) -> Iterator[Table]:
    yield Table(
        name="runs",
        title="The runs",
        columns=(
            "run", "answers by", "people", "replicates", "answers", "missing", "own answer again",
        ),
        rows=tuple(
            (
                one.run, one.label, one.people, one.replicates, one.answers,
                sum(one.missing.values()), one.steady,
            )
            for one in found.runs
        ),
        note="Own answer again: the share of a person's answers that two replicates give alike.",
    )  # fmt: skip
    yield Table(
        name="costs",
        title="What an answer took",
        columns=(
            "run", "calls", "new prompt tokens", "cached", "tokens out", "seconds",
                "run in all ($)",
        ),
        rows=tuple(
            (
                one.run, one.calls, one.new_tokens, one.cached_tokens, one.tokens_out, one.seconds,
                f"{one.cost:.4f}",
            )
            for one in found.runs
        ),
        note="Means per answer; seconds are those of waiting for the model.",
    )  # fmt: skip
    for number, one in enumerate(found.beside, start=1):
        tail = f"_{number}" if len(found.beside) > 1 else ""
        beside = f"{one.label} beside {found.runs[0].label}"
        if one.scales:
            yield Table(
                name=f"scales{tail}",
                title=f"Scales: {beside}",
                columns=("scale", "items", "people", "first", "other", "difference", "r"),
                rows=tuple(_scale_row(part) for part in one.scales),
                note="r: correlation of people's levels in the two runs.",
            )
        yield Table(
            name=f"items{tail}",
            title=f"Items: {beside}",
            columns=("item", "text", "pairs", "first", "other", "difference", "same", "distance"),
            rows=tuple(_item_row(part) for part in one.items),
            note="Same: share of answers that are alike. Distance: total variation between the "
            "distributions, 0 the same to 1 nothing in common.",
            folded=bool(one.scales),
        )


def _scale_row(part: Paired) -> tuple[Cell, ...]:
    return (
        part.id, part.items, part.units, part.first, part.other, part.difference, part.correlation,
    )  # fmt: skip


def _item_row(part: Paired) -> tuple[Cell, ...]:
    return (
        part.id, part.text, part.pairs, part.first, part.other, part.difference, part.same,
        part.distance,
    )  # fmt: skip


def _drawings(found: Comparison) -> Iterator[Drawing]:
    for number, one in enumerate(found.beside, start=1):
        parts = one.scales or one.items
        rows = [row for part in parts[:_MOST_ROWS] if (row := _difference_row(part))]
        if rows:
            what = "scales" if one.scales else "items"
            yield Drawing(
                name=f"differences_{number}",
                title=f"{one.label} minus {found.runs[0].label}",
                base=f"{what}, {found.people} people; 95% intervals over {found.unit}",
                svg=dot_panel(
                    rows, ["difference"], unit="difference of mean levels",
                    key=f"differences{number}", label=f"Differences of {one.label}",
                ),
            )  # fmt: skip
        alike = [row for part in one.items[:_MOST_ROWS] if (row := _same_row(part))]
        yield Drawing(
            name=f"same_{number}",
            title=f"Same answers: {one.label} and {found.runs[0].label}",
            base=_same_base(found, one),
            svg=dot_panel(
                alike, ["same"], unit="share of answers that are alike", bounds=(0, 1),
                key=f"same{number}", label="Shares of answers that are alike",
            ),
        )  # fmt: skip


def _same_base(found: Comparison, one: Beside) -> str:
    left = len(one.items) - _MOST_ROWS
    more = f"; {left} more items in the table" if left > 0 else ""
    return f"{found.people} people; 95% intervals over {found.unit}{more}"


def _difference_row(part: Paired) -> DotRow | None:
    if part.difference is None or part.difference.value is None:
        return None
    dot = Dot(part.difference.value, part.difference.ends)
    return DotRow(part.id, (dot,), said(part.difference.value, signed=True))


def _same_row(part: Paired) -> DotRow | None:
    if part.same is None or part.same.value is None:
        return None
    return DotRow(part.id, (Dot(part.same.value, part.same.ends),), f"{100 * part.same.value:.0f}%")
