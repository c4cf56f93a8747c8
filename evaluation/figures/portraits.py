"""Figures of one respondent: traits, options chosen, feelings, and the time that stages took."""

from collections.abc import Mapping, Sequence

import matplotlib as mpl
from matplotlib.axes import Axes

from evaluation.figures.canvas import (
    BLUE,
    GREEN,
    INK,
    PAPER,
    RULE,
    SOFT,
    STYLE,
    VERMILLION,
    WIDTH,
    axes_in,
    option_colours,
    panel,
    readable_on,
    svg,
)
from evaluation.traits import HIGHEST, LOWEST, ScaleScore


def trait_panel(
    scores: Sequence[ScaleScore], assigned: Mapping[str, float], *, key: str, label: str
) -> str:
    """A dot plot of scales, 1 to 5: a disc for the level from the answers, a diamond as assigned.

    Each row says how many answers it rests on. ``key`` sets the ids of this panel apart from those
    of others on the page, ``label`` is what a screen reader says.
    """
    top, step = 12, 30
    with mpl.rc_context(STYLE):
        figure, axes = panel(top + step * len(scores) + 42, left=112, right=292, top=top)
        axes.set_xlim(LOWEST - 0.15, HIGHEST + 0.15)
        axes.set_ylim(len(scores) - 0.5, -0.5)
        axes.set_xticks(range(LOWEST, HIGHEST + 1))
        axes.grid(axis="x", linewidth=0.8)
        axes.set_yticks(range(len(scores)), [score.scale.capitalize() for score in scores])
        axes.set_xlabel("1 very low to 5 very high")
        for row, score in enumerate(scores):
            _trait_row(axes, row, score, assigned.get(score.scale))
        return svg(figure, key, label)


def option_panel(bars: Sequence[tuple[str, Sequence[int]]], *, key: str, label: str) -> str:
    """Stacked bars of the share of each option, in per cent, with counts in the parts.

    ``bars`` holds a name and the counts in option order; an empty bar says so.
    """
    top, step = 6, 46
    with mpl.rc_context(STYLE):
        figure, axes = panel(top + step * len(bars) + 40, left=2, right=WIDTH - 2, top=top)
        axes.set_xlim(0, 100)
        axes.set_ylim(len(bars) - 0.5, -0.5)
        axes.set_yticks([])
        axes.set_xticks([0, 25, 50, 75, 100], ["0%", "25%", "50%", "75%", "100%"])
        ends = axes.get_xticklabels()
        ends[0].set_horizontalalignment("left")
        ends[-1].set_horizontalalignment("right")
        axes.grid(axis="x", linewidth=0.8)
        for row, (name, counts) in enumerate(bars):
            said = f"{name} (n = {sum(counts)})"
            axes.text(0, row - 0.22, said, va="bottom", ha="left")
            _option_row(axes, row, counts)
        return svg(figure, key, label)


def feeling_panel(
    valence: Sequence[float | None],
    arousal: Sequence[float | None],
    *,
    key: str,
    label: str,
    baseline: tuple[float, float] | None = None,
) -> str:
    """Valence (-1 to 1) and arousal (0 to 1) over the questions as they were asked.

    None is a question without a state of feeling: the line breaks there. The ``baseline`` of both
    is drawn as dashed lines.
    """
    with mpl.rc_context(STYLE):
        figure, upper = panel(264, left=24, right=WIDTH - 8, top=22, bottom=140)
        lower = axes_in(figure, left=24, right=WIDTH - 8, top=166, bottom=226)
        upper.set_ylim(-1.05, 1.05)
        upper.set_yticks([-1, 0, 1], ["−1", "0", "1"])
        upper.axhline(0, color=RULE, linewidth=1.2)
        lower.set_ylim(-0.05, 1.05)
        lower.set_yticks([0, 1])
        upper.tick_params(labelbottom=False)
        _line(upper, valence, VERMILLION, "o", "Valence: −1 unpleasant to 1 pleasant")
        _line(lower, arousal, BLUE, "s", "Arousal: 0 calm to 1 excited")
        lower.set_xlabel("question, in the order asked")
        for axes, level in zip((upper, lower), baseline or (), strict=False):
            axes.axhline(level, color=SOFT, linewidth=1.2, linestyle=(0, (3, 2)))
        return svg(figure, key, label)


def stage_panel(
    seconds: Mapping[str, float | None], longest: float, *, key: str, label: str
) -> str:
    """Bars of the seconds that each stage took, on an axis up to ``longest`` of all panels.

    None is a stage that nobody came to.
    """
    top, step = 4, 28
    with mpl.rc_context(STYLE):
        figure, axes = panel(top + step * len(seconds) + 40, left=76, right=282, top=top)
        axes.set_xlim(0, max(longest, 1e-9))
        axes.set_ylim(len(seconds) - 0.5, -0.5)
        axes.set_yticks(range(len(seconds)), [stage.capitalize() for stage in seconds])
        axes.locator_params(axis="x", nbins=4)
        axes.grid(axis="x", linewidth=0.8)
        axes.set_xlabel("seconds")
        for row, taken in enumerate(seconds.values()):
            axes.barh(row, taken or 0.0, height=0.56, color=GREEN, zorder=2)
            said = "not used" if taken is None else f"{taken:.{1 if taken >= 1 else 2}f} s"
            axes.annotate(
                said, (taken or 0.0, row), xytext=(5, 0), textcoords="offset points",
                va="center", color=INK if taken is not None else SOFT, annotation_clip=False,
            )  # fmt: skip
        return svg(figure, key, label)


def _trait_row(axes: Axes, row: int, score: ScaleScore, assigned: float | None) -> None:
    if score.mean is not None and assigned is not None:
        axes.plot([score.mean, assigned], [row, row], color=SOFT, linewidth=1.4, zorder=2)
    if assigned is not None:
        axes.plot(
            assigned, row, linestyle="none", marker="D", markersize=12, markerfacecolor=PAPER,
            markeredgecolor=VERMILLION, markeredgewidth=2, zorder=3, clip_on=False,
        )  # fmt: skip
    if score.mean is not None:
        axes.plot(score.mean, row, linestyle="none", marker="o", markersize=8, markeredgewidth=0,
                  color=BLUE, zorder=4, clip_on=False)  # fmt: skip
    said = f"n = {score.answered}" if score.mean is not None else f"n = {score.answered},\ntoo few"
    axes.annotate(said, (HIGHEST + 0.15, row), xytext=(6, 0), textcoords="offset points",
                  va="center", color=SOFT, fontsize=10, annotation_clip=False)  # fmt: skip


def _option_row(axes: Axes, row: int, counts: Sequence[int]) -> None:
    total, start = sum(counts), 0.0
    if not total:
        axes.text(0, row + 0.12, "no answer", va="center", ha="left", color=SOFT)
    for count, colour in zip(counts, option_colours(len(counts)), strict=True):
        share = 100 * count / total if total else 0.0
        if count:
            axes.barh(row + 0.12, share, left=start, height=0.52, color=colour,
                      edgecolor=PAPER, linewidth=1.5, zorder=2)  # fmt: skip
        if share >= 5:
            axes.text(start + share / 2, row + 0.12, str(count), va="center", ha="center",
                      color=readable_on(colour), zorder=3)  # fmt: skip
        start += share


def _line(axes: Axes, values: Sequence[float | None], colour: str, marker: str, said: str) -> None:
    places = range(1, len(values) + 1)
    known = [float("nan") if value is None else value for value in values]
    axes.plot(places, known, color=colour, linewidth=1.6, marker=marker, markersize=3.6,
              markeredgewidth=0, clip_on=False, zorder=3)  # fmt: skip
    axes.set_xlim(0.5, max(len(values), 1) + 0.5)
    axes.set_xticks(_ticks(len(values)))
    axes.grid(axis="x", linewidth=0.6)
    axes.annotate(said, (0, 1), xycoords="axes fraction", xytext=(0, 6),
                  textcoords="offset points", ha="left", va="bottom", color=colour)  # fmt: skip


def _ticks(last: int) -> list[int]:
    """1, the last, and round numbers between that leave room for both."""
    step = max(1, round(last / 4))
    return sorted({1, *range(step, last - step // 2, step), last})
