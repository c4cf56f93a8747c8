"""Figures that set things side by side: methods, stages of a life, numbers with their intervals."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import matplotlib as mpl
from matplotlib.axes import Axes

from evaluation.figures.canvas import (
    BLUE,
    GREEN,
    PAPER,
    SOFT,
    STYLE,
    VERMILLION,
    panel,
    svg,
)


class DriftRow(NamedTuple):
    """A row of ``drift_panel``: the levels of the three stages, and ``said`` beside them."""

    name: str
    levels: tuple[float | None, float | None, float | None]
    lowest: float
    highest: float
    said: str


class WhiskerRow(NamedTuple):
    """A row of ``whisker_panel``: a number, the ends of its interval, and ``said`` beside it."""

    name: str
    value: float
    ends: tuple[float, float] | None
    said: str


def method_panel(
    rows: Sequence[tuple[str, float, float, float]],
    levels: Mapping[str, float],
    *,
    key: str,
    label: str,
) -> str:
    """Scores from 0 to 100 with their intervals: name, score, low, high; ``levels`` as lines."""
    top, step = 22, 28
    with mpl.rc_context(STYLE):
        figure, axes = panel(top + step * len(rows) + 42, left=150, right=296, top=top)
        axes.set_xlim(0, 100)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_xticks([0, 25, 50, 75, 100])
        axes.grid(axis="x", linewidth=0.8)
        axes.set_yticks(range(len(rows)), [name for name, *_ in rows], fontsize=9)
        axes.set_xlabel("score, 0 to 100")
        for name, level in levels.items():
            axes.axvline(level, color=VERMILLION, linewidth=1.2, linestyle=(0, (3, 2)))
            axes.annotate(name, (level, -0.5), xytext=(0, 4), textcoords="offset points",
                          ha="center", va="bottom", color=VERMILLION, fontsize=9,
                          annotation_clip=False)  # fmt: skip
        for row, (_, score, low, high) in enumerate(rows):
            axes.plot([low, high], [row, row], color=SOFT, linewidth=1.4, zorder=2)
            axes.plot(score, row, linestyle="none", marker="o", markersize=8, markeredgewidth=0,
                      color=BLUE, zorder=3, clip_on=False)  # fmt: skip
            axes.annotate(f"{score:.1f}", (100, row), xytext=(8, 0), textcoords="offset points",
                          va="center", color=SOFT, fontsize=10, annotation_clip=False)  # fmt: skip
        return svg(figure, key, label)


def drift_panel(rows: Sequence[DriftRow], *, key: str, label: str) -> str:
    """A dot plot of levels at three stages, each row on its own bounds, the shift beside it.

    A diamond is the level with attributes alone, a square with the biography, a disc with the
    whole life; a shift whose interval leaves out zero is marked with a star.
    """
    top, step = 12, 30
    low = min(row.lowest for row in rows)
    high = max(row.highest for row in rows)
    room = 0.04 * (high - low)
    with mpl.rc_context(STYLE):
        figure, axes = panel(top + step * len(rows) + 42, left=112, right=262, top=top)
        axes.set_xlim(low - room, high + room)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.locator_params(axis="x", nbins=5, integer=True)
        axes.grid(axis="x", linewidth=0.8)
        axes.set_yticks(range(len(rows)), [row.name.capitalize() for row in rows])
        axes.set_xlabel("level on the scale of the items")
        for place, row in enumerate(rows):
            _drift_row(axes, place, row, high + room)
        return svg(figure, key, label)


def whisker_panel(rows: Sequence[WhiskerRow], *, unit: str, key: str, label: str) -> str:
    """Dots with the whiskers of their intervals about zero, each number beside its row."""
    top, step = 12, 26
    reach = max(abs(value) for row in rows for value in (row.value, *(row.ends or ()))) or 1.0
    with mpl.rc_context(STYLE):
        figure, axes = panel(top + step * len(rows) + 42, left=124, right=276, top=top)
        axes.set_xlim(-1.08 * reach, 1.08 * reach)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.locator_params(axis="x", nbins=5)
        axes.grid(axis="x", linewidth=0.8)
        axes.axvline(0, color=SOFT, linewidth=1.2)
        axes.set_yticks(range(len(rows)), [row.name.replace("_", " ") for row in rows], fontsize=9)
        axes.set_xlabel(unit)
        for place, row in enumerate(rows):
            if row.ends:
                axes.plot(row.ends, [place, place], color=BLUE, linewidth=1.6, zorder=2)
            axes.plot(row.value, place, linestyle="none", marker="o", markersize=7,
                      markeredgewidth=0, color=BLUE, zorder=3, clip_on=False)  # fmt: skip
            axes.annotate(row.said, (1.08 * reach, place), xytext=(8, 0),
                          textcoords="offset points", va="center", color=SOFT, fontsize=10,
                          annotation_clip=False)  # fmt: skip
        return svg(figure, key, label)


_DRIFT_MARKS = (("D", 11, PAPER, VERMILLION), ("s", 7, GREEN, GREEN), ("o", 8, BLUE, BLUE))


def _drift_row(axes: Axes, place: int, row: DriftRow, right: float) -> None:
    known = [level for level in row.levels if level is not None]
    if known:
        axes.plot([min(known), max(known)], [place, place], color=SOFT, linewidth=1.4, zorder=2)
    for number, (level, mark) in enumerate(zip(row.levels, _DRIFT_MARKS, strict=True)):
        if level is None:
            continue
        shape, size, face, edge = mark
        axes.plot(
            level, place, linestyle="none", marker=shape, markersize=size, markerfacecolor=face,
            markeredgecolor=edge, markeredgewidth=0 if number else 2, zorder=3 + number,
            clip_on=False,
        )  # fmt: skip
    axes.annotate(row.said, (right, place), xytext=(8, 0), textcoords="offset points",
                  va="center", color=SOFT, fontsize=10, annotation_clip=False)  # fmt: skip
