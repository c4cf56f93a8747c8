"""Dots with whiskers: one or several numbers a row, each with its interval."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from evaluation.figures.canvas import (
    BLUE,
    GREEN,
    PAPER,
    RULE,
    SOFT,
    STYLE,
    VERMILLION,
    WIDTH,
    panel,
    svg,
)

_MARKS = (("o", 7, BLUE, BLUE), ("D", 7, PAPER, VERMILLION), ("s", 6, GREEN, GREEN))
_LETTER = 6.2
"""About the width of a letter of a row's name."""


class Dot(NamedTuple):
    """A number and the ends of its interval."""

    value: float
    ends: tuple[float, float] | None = None


class DotRow(NamedTuple):
    """A row of ``dot_panel``: a dot for each series, None where there is none; ``said`` beside."""

    name: str
    dots: tuple[Dot | None, ...]
    said: str = ""


class Band(NamedTuple):
    """A range that numbers are held against, such as what is known of people."""

    low: float
    high: float
    name: str


def dot_panel(
    rows: Sequence[DotRow],
    series: Sequence[str],
    *,
    unit: str,
    key: str,
    label: str,
    bounds: tuple[float, float] | None = None,
    band: Band | None = None,
    lines: Mapping[str, float] | None = None,
    left: float = 124,
    right: float = 64,
    width: float = WIDTH,
) -> str:
    """Dots with the whiskers of their intervals; up to three series, told apart by form too.

    ``bounds`` are those of the axis, else what is drawn decides; ``band`` is shaded, ``lines`` are
    dashed and named. ``left`` and ``right`` is the room for names and for what is said.

    Raises:
        ValueError: there are more series than forms, or a row has another number of dots.
    """
    if not 1 <= len(series) <= len(_MARKS) or any(len(row.dots) != len(series) for row in rows):
        raise ValueError("a row needs one dot for each of up to three series")
    lines = lines or {}
    low, high = bounds or _reach(rows, [*lines.values(), *((band.low, band.high) if band else ())])
    names = ["\n".join(textwrap.wrap(row.name, int(left / _LETTER))) for row in rows]
    step = max(26, 13 * max((name.count("\n") + 1 for name in names), default=1) + 8)
    top = 12 + 16 * bool(lines) + (18 * len(_legend(series, band)) if _legend(series, band) else 0)
    height = top + step * len(rows) + 42
    with mpl.rc_context(STYLE):
        figure, axes = panel(height, left=left, right=width - right, top=top, width=width)
        axes.set_xlim(low, high)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.locator_params(axis="x", nbins=5)
        axes.grid(axis="x", linewidth=0.8)
        axes.set_yticks(range(len(rows)), names, fontsize=9)
        axes.set_xlabel(unit)
        if band:
            axes.axvspan(band.low, band.high, color=RULE, zorder=0)
        if low < 0 < high:
            axes.axvline(0, color=SOFT, linewidth=1.2)
        for name, level in lines.items():
            axes.axvline(level, color=VERMILLION, linewidth=1.2, linestyle=(0, (3, 2)))
            axes.annotate(name, (level, -0.5), xytext=(0, 4), textcoords="offset points",
                          ha="center", va="bottom", color=VERMILLION, fontsize=9,
                          annotation_clip=False)  # fmt: skip
        for place, row in enumerate(rows):
            _draw(axes, place, row, high)
        if handles := _legend(series, band):
            figure.legend(handles=handles, loc="upper left", frameon=False, fontsize=9,
                          bbox_to_anchor=(0, 1), borderpad=0, handletextpad=0.6)  # fmt: skip
        return svg(figure, key, label)


def _reach(rows: Sequence[DotRow], more: Sequence[float]) -> tuple[float, float]:
    drawn = [
        value for row in rows for dot in row.dots if dot for value in (dot.value, *(dot.ends or ()))
    ]
    values = [*drawn, *more] or [0.0]
    low, high = min(values), max(values)
    room = 0.06 * (high - low) or 0.5
    return low - room, high + room


def _draw(axes: Axes, place: int, row: DotRow, edge: float) -> None:
    for number, dot in enumerate(row.dots):
        if dot is None:
            continue
        shape, size, face, line = _MARKS[number]
        at = place + 0.24 * (number - (len(row.dots) - 1) / 2)
        if dot.ends:
            axes.plot(dot.ends, [at, at], color=line, linewidth=1.6, zorder=2)
        axes.plot(dot.value, at, linestyle="none", marker=shape, markersize=size,
                  markerfacecolor=face, markeredgecolor=line, markeredgewidth=1.6,
                  zorder=3, clip_on=False)  # fmt: skip
    axes.annotate(row.said, (edge, place), xytext=(8, 0), textcoords="offset points", va="center",
                  color=SOFT, fontsize=9, annotation_clip=False)  # fmt: skip


def _legend(series: Sequence[str], band: Band | None) -> list[Line2D]:
    """A line for each series where there are several, and for the band."""
    handles = [
        Line2D([], [], linestyle="none", marker=shape, markersize=size, markerfacecolor=face,
               markeredgecolor=line, label=name)
        for name, (shape, size, face, line) in zip(series, _MARKS, strict=False)
        if len(series) > 1 or band
    ]  # fmt: skip
    if band:
        handles.append(Line2D([], [], color=RULE, linewidth=8, label=band.name))
    return handles
