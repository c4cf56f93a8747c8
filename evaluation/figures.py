"""Figures as SVG texts to be set into a page: equal data give equal bytes.

Every figure is one panel for one respondent, 340 units wide, so that panels stand side by side on a
screen and one below the other on a phone. Colours are those of Okabe and Ito (2008, Color Universal
Design), which the colour-blind can tell apart; they are written as CSS variables with the light
value behind them, so that a page can set others for a dark background. Texts take the colour and
the font of the page.
"""

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from xml.etree import ElementTree

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.colors import LinearSegmentedColormap, to_hex, to_rgb
from matplotlib.figure import Figure

from evaluation.traits import HIGHEST, LOWEST, ScaleScore

WIDTH = 340


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


# What is drawn in these is written as the colour of the page beside it; no other mark may use them.
_INK, _SOFT, _RULE, _PAPER = "#010101", "#010102", "#010103", "#010104"
_BLUE, _VERMILLION, _GREEN = "#010105", "#010106", "#010107"
_THEME = {
    _INK: "currentColor",
    _SOFT: "var(--soft, #555555)",
    _RULE: "var(--rule, #d0d0d0)",
    _PAPER: "var(--paper, #ffffff)",
    _BLUE: "var(--blue, #0072b2)",
    _VERMILLION: "var(--vermillion, #d55e00)",
    _GREEN: "var(--green, #009e73)",
}
_FROM_NO_TO_YES = ("#d55e00", "#e69f00", "#b3b3b3", "#56b4e9", "#0072b2")
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "simulacra",
    "text.parse_math": False,
    "font.family": ["DejaVu Sans"],
    "font.size": 11,
    "text.color": _INK,
    "axes.edgecolor": _RULE,
    "axes.labelcolor": _SOFT,
    "xtick.labelcolor": _SOFT,
    "ytick.labelcolor": _INK,
    "xtick.color": _RULE,
    "ytick.color": _RULE,
    "grid.color": _RULE,
    "lines.solid_capstyle": "round",
}
_SVG = "http://www.w3.org/2000/svg"


def option_colours(options: int) -> tuple[str, ...]:
    """A colour for each of several options in order, from one end of a scale to the other."""
    if options == len(_FROM_NO_TO_YES):
        return _FROM_NO_TO_YES
    ramp = LinearSegmentedColormap.from_list("from no to yes", _FROM_NO_TO_YES)
    return tuple(to_hex(ramp(place / max(options - 1, 1))) for place in range(options))


def trait_panel(
    scores: Sequence[ScaleScore], assigned: Mapping[str, float], *, key: str, label: str
) -> str:
    """A dot plot of scales, 1 to 5: a disc for the level from the answers, a diamond as assigned.

    Each row says how many answers it rests on. ``key`` sets the ids of this panel apart from those
    of others on the page, ``label`` is what a screen reader says.
    """
    top, step = 12, 30
    with mpl.rc_context(_STYLE):
        figure, axes = _panel(top + step * len(scores) + 42, left=112, right=292, top=top)
        axes.set_xlim(LOWEST - 0.15, HIGHEST + 0.15)
        axes.set_ylim(len(scores) - 0.5, -0.5)
        axes.set_xticks(range(LOWEST, HIGHEST + 1))
        axes.grid(axis="x", linewidth=0.8)
        axes.set_yticks(range(len(scores)), [score.scale.capitalize() for score in scores])
        axes.set_xlabel("1 very low to 5 very high")
        for row, score in enumerate(scores):
            _trait_row(axes, row, score, assigned.get(score.scale))
        return _svg(figure, key, label)


def option_panel(bars: Sequence[tuple[str, Sequence[int]]], *, key: str, label: str) -> str:
    """Stacked bars of the share of each option, in per cent, with counts in the parts.

    ``bars`` holds a name and the counts in option order; an empty bar says so.
    """
    top, step = 6, 46
    with mpl.rc_context(_STYLE):
        figure, axes = _panel(top + step * len(bars) + 40, left=2, right=WIDTH - 2, top=top)
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
        return _svg(figure, key, label)


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
    with mpl.rc_context(_STYLE):
        figure, upper = _panel(264, left=24, right=WIDTH - 8, top=22, bottom=140)
        lower = _axes(figure, left=24, right=WIDTH - 8, top=166, bottom=226)
        upper.set_ylim(-1.05, 1.05)
        upper.set_yticks([-1, 0, 1], ["−1", "0", "1"])
        upper.axhline(0, color=_RULE, linewidth=1.2)
        lower.set_ylim(-0.05, 1.05)
        lower.set_yticks([0, 1])
        upper.tick_params(labelbottom=False)
        _line(upper, valence, _VERMILLION, "o", "Valence: −1 unpleasant to 1 pleasant")
        _line(lower, arousal, _BLUE, "s", "Arousal: 0 calm to 1 excited")
        lower.set_xlabel("question, in the order asked")
        for axes, level in zip((upper, lower), baseline or (), strict=False):
            axes.axhline(level, color=_SOFT, linewidth=1.2, linestyle=(0, (3, 2)))
        return _svg(figure, key, label)


def stage_panel(
    seconds: Mapping[str, float | None], longest: float, *, key: str, label: str
) -> str:
    """Bars of the seconds that each stage took, on an axis up to ``longest`` of all panels.

    None is a stage that nobody came to.
    """
    top, step = 4, 28
    with mpl.rc_context(_STYLE):
        figure, axes = _panel(top + step * len(seconds) + 40, left=76, right=282, top=top)
        axes.set_xlim(0, max(longest, 1e-9))
        axes.set_ylim(len(seconds) - 0.5, -0.5)
        axes.set_yticks(range(len(seconds)), [stage.capitalize() for stage in seconds])
        axes.locator_params(axis="x", nbins=4)
        axes.grid(axis="x", linewidth=0.8)
        axes.set_xlabel("seconds")
        for row, taken in enumerate(seconds.values()):
            axes.barh(row, taken or 0.0, height=0.56, color=_GREEN, zorder=2)
            said = "not used" if taken is None else f"{taken:.{1 if taken >= 1 else 2}f} s"
            axes.annotate(
                said, (taken or 0.0, row), xytext=(5, 0), textcoords="offset points",
                va="center", color=_INK if taken is not None else _SOFT, annotation_clip=False,
            )  # fmt: skip
        return _svg(figure, key, label)


def method_panel(
    rows: Sequence[tuple[str, float, float, float]],
    levels: Mapping[str, float],
    *,
    key: str,
    label: str,
) -> str:
    """Scores from 0 to 100 with their intervals: name, score, low, high; ``levels`` as lines."""
    top, step = 22, 28
    with mpl.rc_context(_STYLE):
        figure, axes = _panel(top + step * len(rows) + 42, left=150, right=296, top=top)
        axes.set_xlim(0, 100)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_xticks([0, 25, 50, 75, 100])
        axes.grid(axis="x", linewidth=0.8)
        axes.set_yticks(range(len(rows)), [name for name, *_ in rows], fontsize=9)
        axes.set_xlabel("score, 0 to 100")
        for name, level in levels.items():
            axes.axvline(level, color=_VERMILLION, linewidth=1.2, linestyle=(0, (3, 2)))
            axes.annotate(name, (level, -0.5), xytext=(0, 4), textcoords="offset points",
                          ha="center", va="bottom", color=_VERMILLION, fontsize=9,
                          annotation_clip=False)  # fmt: skip
        for row, (_, score, low, high) in enumerate(rows):
            axes.plot([low, high], [row, row], color=_SOFT, linewidth=1.4, zorder=2)
            axes.plot(score, row, linestyle="none", marker="o", markersize=8, markeredgewidth=0,
                      color=_BLUE, zorder=3, clip_on=False)  # fmt: skip
            axes.annotate(f"{score:.1f}", (100, row), xytext=(8, 0), textcoords="offset points",
                          va="center", color=_SOFT, fontsize=10, annotation_clip=False)  # fmt: skip
        return _svg(figure, key, label)


def drift_panel(rows: Sequence[DriftRow], *, key: str, label: str) -> str:
    """A dot plot of levels at three stages, each row on its own bounds, the shift beside it.

    A diamond is the level with attributes alone, a square with the biography, a disc with the
    whole life; a shift whose interval leaves out zero is marked with a star.
    """
    top, step = 12, 30
    low = min(row.lowest for row in rows)
    high = max(row.highest for row in rows)
    room = 0.04 * (high - low)
    with mpl.rc_context(_STYLE):
        figure, axes = _panel(top + step * len(rows) + 42, left=112, right=262, top=top)
        axes.set_xlim(low - room, high + room)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.locator_params(axis="x", nbins=5, integer=True)
        axes.grid(axis="x", linewidth=0.8)
        axes.set_yticks(range(len(rows)), [row.name.capitalize() for row in rows])
        axes.set_xlabel("level on the scale of the items")
        for place, row in enumerate(rows):
            _drift_row(axes, place, row, high + room)
        return _svg(figure, key, label)


def whisker_panel(rows: Sequence[WhiskerRow], *, unit: str, key: str, label: str) -> str:
    """Dots with the whiskers of their intervals about zero, each number beside its row."""
    top, step = 12, 26
    reach = max(abs(value) for row in rows for value in (row.value, *(row.ends or ()))) or 1.0
    with mpl.rc_context(_STYLE):
        figure, axes = _panel(top + step * len(rows) + 42, left=124, right=276, top=top)
        axes.set_xlim(-1.08 * reach, 1.08 * reach)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.locator_params(axis="x", nbins=5)
        axes.grid(axis="x", linewidth=0.8)
        axes.axvline(0, color=_SOFT, linewidth=1.2)
        axes.set_yticks(range(len(rows)), [row.name.replace("_", " ") for row in rows], fontsize=9)
        axes.set_xlabel(unit)
        for place, row in enumerate(rows):
            if row.ends:
                axes.plot(row.ends, [place, place], color=_BLUE, linewidth=1.6, zorder=2)
            axes.plot(row.value, place, linestyle="none", marker="o", markersize=7,
                      markeredgewidth=0, color=_BLUE, zorder=3, clip_on=False)  # fmt: skip
            axes.annotate(row.said, (1.08 * reach, place), xytext=(8, 0),
                          textcoords="offset points", va="center", color=_SOFT, fontsize=10,
                          annotation_clip=False)  # fmt: skip
        return _svg(figure, key, label)


_DRIFT_MARKS = (("D", 11, _PAPER, _VERMILLION), ("s", 7, _GREEN, _GREEN), ("o", 8, _BLUE, _BLUE))


def _drift_row(axes: Axes, place: int, row: DriftRow, right: float) -> None:
    known = [level for level in row.levels if level is not None]
    if known:
        axes.plot([min(known), max(known)], [place, place], color=_SOFT, linewidth=1.4, zorder=2)
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
                  va="center", color=_SOFT, fontsize=10, annotation_clip=False)  # fmt: skip


def _trait_row(axes: Axes, row: int, score: ScaleScore, assigned: float | None) -> None:
    if score.mean is not None and assigned is not None:
        axes.plot([score.mean, assigned], [row, row], color=_SOFT, linewidth=1.4, zorder=2)
    if assigned is not None:
        axes.plot(
            assigned, row, linestyle="none", marker="D", markersize=12, markerfacecolor=_PAPER,
            markeredgecolor=_VERMILLION, markeredgewidth=2, zorder=3, clip_on=False,
        )  # fmt: skip
    if score.mean is not None:
        axes.plot(score.mean, row, linestyle="none", marker="o", markersize=8, markeredgewidth=0,
                  color=_BLUE, zorder=4, clip_on=False)  # fmt: skip
    said = f"n = {score.answered}" if score.mean is not None else f"n = {score.answered},\ntoo few"
    axes.annotate(said, (HIGHEST + 0.15, row), xytext=(6, 0), textcoords="offset points",
                  va="center", color=_SOFT, fontsize=10, annotation_clip=False)  # fmt: skip


def _option_row(axes: Axes, row: int, counts: Sequence[int]) -> None:
    total, start = sum(counts), 0.0
    if not total:
        axes.text(0, row + 0.12, "no answer", va="center", ha="left", color=_SOFT)
    for count, colour in zip(counts, option_colours(len(counts)), strict=True):
        share = 100 * count / total if total else 0.0
        if count:
            axes.barh(row + 0.12, share, left=start, height=0.52, color=colour,
                      edgecolor=_PAPER, linewidth=1.5, zorder=2)  # fmt: skip
        if share >= 5:
            axes.text(start + share / 2, row + 0.12, str(count), va="center", ha="center",
                      color=_readable_on(colour), zorder=3)  # fmt: skip
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


def _readable_on(colour: str) -> str:
    """Black or white, whichever stands out more (relative luminance as in WCAG 2.1)."""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in to_rgb(colour)
    ]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#0a0a0a" if luminance > 0.179 else "#ffffff"


def _panel(
    height: float, *, left: float, right: float, top: float, bottom: float | None = None
) -> tuple[Figure, Axes]:
    """A figure of ``height`` units with axes between the given edges, counted from top left."""
    figure = Figure(figsize=(WIDTH / 72, height / 72), dpi=72)
    FigureCanvasSVG(figure)
    figure.patch.set_visible(False)
    return figure, _axes(figure, left, right, top, height - 40 if bottom is None else bottom)


def _axes(figure: Figure, left: float, right: float, top: float, bottom: float) -> Axes:
    height = figure.get_figheight() * 72
    box = (left / WIDTH, 1 - bottom / height, (right - left) / WIDTH, (bottom - top) / height)
    axes = figure.add_axes(box)
    axes.patch.set_visible(False)
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0, pad=5)
    axes.set_axisbelow(True)
    return axes


def _svg(figure: Figure, key: str, label: str) -> str:
    """The figure as an ``svg`` element that may stand beside others in one page."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None})
    root = ElementTree.fromstring(buffer.getvalue())
    for element in list(root.iter()):
        _adapt(element, key)
    size = root.attrib["viewBox"]
    root.attrib.clear()
    root.attrib.update(
        {"xmlns": _SVG, "viewBox": size, "role": "img", "aria-label": label, "class": "panel"}
    )
    return ElementTree.tostring(root, encoding="unicode")


def _adapt(element: ElementTree.Element, key: str) -> None:
    """What a page needs of an element: ids of this panel's own, colours and font of the page."""
    for child in list(element):
        if _local(child.tag) in ("metadata", "style"):  # the rules would hold for the whole page
            element.remove(child)
    element.tag = _local(element.tag)
    kept: dict[str, str] = {}
    for name, value in element.attrib.items():
        if name == "id" and element.tag != "g":
            kept["id"] = f"{key}-{value}"
        elif _local(name) == "href":
            kept["href"] = f"#{key}-{value[1:]}"
        elif name == "clip-path":
            kept[name] = value.replace("url(#", f"url(#{key}-")
        elif name == "style":
            kept[name] = _themed(value)
        elif name != "id":
            kept[name] = value
    element.attrib.clear()
    element.attrib.update(kept)


def _local(name: str) -> str:
    """A name without its namespace, as it is written inside a page."""
    return name.rpartition("}")[2]


def _themed(style: str) -> str:
    plain = re.sub(r"font-family: [^;]*; ", "", style)
    return re.sub(r"#[0-9a-f]{6}", lambda found: _THEME.get(found[0], found[0]), plain)
