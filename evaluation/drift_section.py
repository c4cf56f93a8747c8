"""The drift of a person as a section of a report."""

from collections.abc import Iterator, Sequence

from evaluation.drift import Drifted, DriftResult, Shift
from evaluation.drift_report import figure_of, whole_shift
from evaluation.sections import Cell, Drawing, Estimate, Section, Table, counted, said
from simulacra.domain.stage import STAGES


def section_of(result: DriftResult) -> Section:
    """How far the written life moves the answers, in the form of all evaluations."""
    parts = result.scales or result.items
    return Section(
        name="drift",
        title=f"Drift of {result.name}",
        question="How far does the written life move the answers?",
        method=(
            f"{result.title}, asked three times with the same seeds: "
            + "; ".join(
                f"{stage} ({result.methods[stage]}): {result.given[stage]}" for stage in STAGES
            )
            + "."
        ),
        sample=(
            f"1 person, {counted(result.replicates, 'replicate')}, {result.model}, temperature "
            f"{result.temperature:g}."
        ),
        findings=tuple(_findings(parts, bool(result.scales))),
        warnings=result.notes,
        tables=tuple(_tables(result)),
        drawings=tuple(_drawings(result)),
        limits=(
            "Intervals resample replicates: they hold for this person and these texts.",
            "A shift is no fault by itself: a life may well change what somebody answers.",
        ),
        sources=("Li et al. (2025), arXiv 2503.16527",),
        runs={str(stage): run for stage, run in result.runs.items()},
    )


def _findings(parts: Sequence[Drifted], scales: bool) -> Iterator[str]:
    shifts = [(part.id, whole_shift(part)) for part in parts]
    clear = [(name, shift) for name, shift in shifts if shift.clear]
    what = "scales" if scales else "items"
    told = ", ".join(f"{name} {said(shift.mean, signed=True)}" for name, shift in clear[:8])
    yield (
        f"From attributes alone to the whole life, {len(clear)} of {len(shifts)} {what} shift "
        f"clearly{f': {told}' if told else ''}."
    )


def _tables(result: DriftResult) -> Iterator[Table]:
    columns = ("", *STAGES, "by biography", "by life", "in all")
    for name, parts in (("scales", result.scales), ("items", result.items)):
        if parts:
            yield Table(
                name=name,
                title=name.capitalize(),
                columns=columns,
                rows=tuple(_row(part) for part in parts),
                note="Levels at each stage, then shifts.",
                folded=name == "items" and bool(result.scales),
            )
    yield Table(
        name="sentiment",
        title="Sentiment of the texts, -1 to 1 (VADER)",
        columns=("text of", "sentences", "mean"),
        rows=tuple(
            (stage, one.sentences, Estimate(value=one.mean, interval=one.interval, n=one.sentences))
            for stage, one in result.sentiment.items()
        ),
    )


def _row(part: Drifted) -> tuple[Cell, ...]:
    return (part.id, *(part.levels[stage] for stage in STAGES), *map(_estimate, part.shifts))


def _estimate(shift: Shift) -> Estimate:
    return Estimate(value=shift.mean, interval=shift.interval, n=shift.replicates)


def _drawings(result: DriftResult) -> Iterator[Drawing]:
    if drawn := figure_of(result):
        yield Drawing(
            name="levels",
            title="Levels at the three stages",
            base=f"{counted(result.replicates, 'replicate')}; diamond attributes, square with the "
            "biography, "
            "disc with the whole life; the number is the whole shift",
            svg=drawn,
        )
