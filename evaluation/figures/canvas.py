"""What all figures share: a panel to draw in, its colours, and its text as SVG.

Equal data give equal bytes. A panel is 340 units wide, so that panels stand side by side on a
screen and one below the other on a phone; a wide one has the room it asks for. Colours are those of
Okabe and Ito (2008, Color Universal Design), which the colour-blind can tell apart; they are
written as CSS variables with the light value behind them, so that a page can set others for a dark
background. Texts take the colour and the font of the page.
"""

import io
import re
from typing import Any
from xml.etree import ElementTree

from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.colors import LinearSegmentedColormap, to_hex, to_rgb
from matplotlib.figure import Figure

WIDTH = 340

# What is drawn in these is written as the colour of the page beside it; no other mark may use them.
INK, SOFT, RULE, PAPER = "#010101", "#010102", "#010103", "#010104"
BLUE, VERMILLION, GREEN = "#010105", "#010106", "#010107"
_THEME = {
    INK: "currentColor",
    SOFT: "var(--soft, #555555)",
    RULE: "var(--rule, #d0d0d0)",
    PAPER: "var(--paper, #ffffff)",
    BLUE: "var(--blue, #0072b2)",
    VERMILLION: "var(--vermillion, #d55e00)",
    GREEN: "var(--green, #009e73)",
}
_FROM_NO_TO_YES = ("#d55e00", "#e69f00", "#b3b3b3", "#56b4e9", "#0072b2")
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "simulacra",
    "text.parse_math": False,
    "font.family": ["DejaVu Sans"],
    "font.size": 11,
    "text.color": INK,
    "axes.edgecolor": RULE,
    "axes.labelcolor": SOFT,
    "xtick.labelcolor": SOFT,
    "ytick.labelcolor": INK,
    "xtick.color": RULE,
    "ytick.color": RULE,
    "grid.color": RULE,
    "lines.solid_capstyle": "round",
}
_SVG = "http://www.w3.org/2000/svg"


def option_colours(options: int) -> tuple[str, ...]:
    """A colour for each of several options in order, from one end of a scale to the other."""
    if options == len(_FROM_NO_TO_YES):
        return _FROM_NO_TO_YES
    ramp = LinearSegmentedColormap.from_list("from no to yes", _FROM_NO_TO_YES)
    return tuple(to_hex(ramp(place / max(options - 1, 1))) for place in range(options))


def readable_on(colour: str) -> str:
    """Black or white, whichever stands out more (relative luminance as in WCAG 2.1)."""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in to_rgb(colour)
    ]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#0a0a0a" if luminance > 0.179 else "#ffffff"


def panel(
    height: float,
    *,
    left: float,
    right: float,
    top: float,
    bottom: float | None = None,
    width: float = WIDTH,
) -> tuple[Figure, Axes]:
    """A figure of ``height`` units with axes between the given edges, counted from top left."""
    figure = Figure(figsize=(width / 72, height / 72), dpi=72)
    FigureCanvasSVG(figure)
    figure.patch.set_visible(False)
    return figure, axes_in(figure, left, right, top, height - 40 if bottom is None else bottom)


def axes_in(figure: Figure, left: float, right: float, top: float, bottom: float) -> Axes:
    """Axes between the given edges of a figure, without a frame."""
    width, height = (72 * side for side in figure.get_size_inches())
    box = (left / width, 1 - bottom / height, (right - left) / width, (bottom - top) / height)
    axes = figure.add_axes(box)
    axes.patch.set_visible(False)
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0, pad=5)
    axes.set_axisbelow(True)
    return axes


def svg(figure: Figure, key: str, label: str) -> str:
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
