"""Target against drawn, category by category, as a picture."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from personas.population.report import FitLine, SampleReport

_MOST_LINES, _LONGEST = 60, 48
_TARGET, _DRAWN, _RULE = "#0072b2", "#d55e00", "#d0d0d0"

Row = tuple[str, FitLine | None]


def write_figure(report: SampleReport, path: Path) -> None:
    """A PNG: of each category the share asked for (ring) and the share drawn (dot), in percent.

    More than 60 categories are cut to those with the largest errors, and the title says so.
    """
    lines = sorted(report.lines, key=lambda one: -abs(one.error))[:_MOST_LINES]
    shown = [one for one in report.lines if one in lines]
    rows: list[Row] = []
    for variable, some in groupby(shown, key=lambda one: one.variable):
        rows += [(variable, None), *((one.category, one) for one in some)]
    figure = Figure(figsize=(8, 1.4 + 0.25 * len(rows)), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    _draw(axes, rows)
    cut = "" if len(shown) == len(report.lines) else f", {len(shown)} of {len(report.lines)} shown"
    title = (
        f"{report.people:,} simulated people: largest error {report.largest_error:.2f} points{cut}"
    )
    figure.suptitle(title, fontsize=11)
    figure.legend(
        *axes.get_legend_handles_labels(), loc="outside lower center", ncols=2, frameon=False
    )
    figure.savefig(path)


def _draw(axes: Axes, rows: Sequence[Row]) -> None:
    """A heading for each variable, and a mark for each share."""
    places = list(range(len(rows)))
    lines = [(at, one) for at, (_, one) in enumerate(rows) if one is not None]
    targets = [100 * one.target for _, one in lines]
    drawn = [100 * one.drawn for _, one in lines]
    heights = [at for at, _ in lines]
    axes.hlines(heights, targets, drawn, color=_RULE, linewidth=2, zorder=1)
    axes.scatter(
        targets, heights, s=62, facecolors="none", edgecolors=_TARGET, linewidths=1.6, zorder=3,
        clip_on=False, label="asked for",
    )  # fmt: skip
    axes.scatter(drawn, heights, s=16, color=_DRAWN, zorder=2, clip_on=False, label="drawn")
    axes.set_yticks(places, [_short(name) for name, _ in rows])
    for (_, line), tick in zip(rows, axes.get_yticklabels(), strict=True):
        tick.set_parse_math(False)
        tick.set_fontweight("bold" if line is None else "normal")
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(left=0)
    axes.set_xlabel("% of people")
    axes.grid(axis="x", color=_RULE, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(length=0)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
