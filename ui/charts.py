"""Charts as Vega-Lite specifications: data in, colours from the theme."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from evaluation.figures import option_colours
from simulacra.domain.persona import DOMAINS, Personality
from ui.breakdown import Base, Share

ACCENT = "#4c78a8"  # as in assets/style.css and the theme
FUNCTION_WORDS = {
    "Ne": "sees what could be",
    "Ni": "sees where it leads",
    "Se": "lives in the moment",
    "Si": "holds to what was learnt",
    "Te": "gets things done in order",
    "Ti": "wants it to make sense",
    "Fe": "tends to how others feel",
    "Fi": "follows an inner compass",
}


def facet_rows(personality: Personality) -> list[dict[str, Any]]:
    """One row a facet, in the order of the domains."""
    return [
        {
            "domain": domain.capitalize(),
            "facet": facet.replace("_", " "),
            "level": personality.facets[facet],
        }
        for domain, facets in DOMAINS.items()
        for facet in facets
        if facet in personality.facets
    ]


def facet_plot(personality: Personality) -> None:
    """A dot plot of the thirty facet levels, 1 to 5, domain by domain."""
    rows = facet_rows(personality)
    domains = [domain.capitalize() for domain in DOMAINS]
    y = {"field": "facet", "type": "nominal", "sort": None, "title": None,
         "axis": {"grid": True, "gridOpacity": 0.35, "domain": False, "ticks": False,
                  "labelLimit": 160}}  # fmt: skip
    x = {"field": "level", "type": "quantitative", "title": None,
         "scale": {"domain": [0.7, 5.3]},
         "axis": {"values": [1, 2, 3, 4, 5], "grid": False, "format": "d"}}  # fmt: skip
    title = {"text": "Thirty facets, 1 very low to 5 very high", "anchor": "start", "offset": 14}
    spec = {
        "title": title,
        "data": {"values": rows},
        "facet": {"row": {"field": "domain", "sort": domains, "title": None,
                          "header": {"labelAngle": 0, "labelAlign": "left", "labelOrient": "top",
                                     "labelFontWeight": "bold", "labelAnchor": "start"}}},
        "spec": {"width": 240, "height": {"step": 18},
                 "mark": {"type": "circle", "size": 110, "opacity": 1},
                 "encoding": {"y": y, "x": x,
                              "color": {"value": ACCENT},
                              "tooltip": [{"field": "facet"}, {"field": "level"}]}},
        "resolve": {"scale": {"y": "independent"}},
        "spacing": 12,
    }  # fmt: skip
    st.vega_lite_chart(spec, theme="streamlit")


def share_chart(rows: Sequence[Share], labels: Sequence[str], bases: Sequence[Base]) -> None:
    """Shares of the options with their intervals, a chart as wide as the page for each group."""
    y = {"field": "option", "type": "nominal", "sort": list(labels), "title": None,
         "axis": {"labelLimit": 180, "ticks": False, "domain": False}}  # fmt: skip
    x = {"field": "share", "type": "quantitative", "title": None, "scale": {"domain": [0, 1]},
         "axis": {"format": "%", "tickCount": 5}}  # fmt: skip
    colours = {"domain": list(labels), "range": list(option_colours(len(labels)))}
    colour = {"field": "option", "type": "nominal", "legend": None, "sort": list(labels),
              "scale": colours}  # fmt: skip
    tips = [{"field": name} for name in ("option", "answers")]
    tips += [{"field": name, "format": ".1%"} for name in ("share", "low", "high")]
    for base in bases:
        values = [row._asdict() | {"option": row.label} for row in rows if row.group == base.group]
        if not values:
            continue
        spec = {
            "title": {"text": f"{base.group} (n = {base.people:,})", "anchor": "start"},
            "data": {"values": values},
            "width": "container", "height": {"step": 26},
            "layer": [
                {"mark": {"type": "bar", "height": 16},
                 "encoding": {"y": y, "x": x, "color": colour, "tooltip": tips}},
                {"mark": {"type": "rule", "strokeWidth": 1.5, "color": "#808080"},
                 "encoding": {"y": y, "x": {"field": "low", "type": "quantitative"},
                              "x2": {"field": "high"}}},
            ],
        }  # fmt: skip
        st.vega_lite_chart(spec, theme="streamlit", width="stretch")


def mean_chart(rows: Sequence[Base], ends: tuple[float, float] | None) -> None:
    """Means of groups with their intervals, on the item's own scale where it has ``ends``."""
    values = [
        {"group": f"{row.group} (n = {row.people})", "mean": row.mean, "low": row.low,
         "high": row.high}
        for row in rows
        if row.mean is not None
    ]  # fmt: skip
    if not values:
        return
    y = {"field": "group", "type": "nominal", "title": None, "sort": None,
         "axis": {"labelLimit": 240, "ticks": False, "domain": False}}  # fmt: skip
    scale = {"domain": list(ends), "nice": False} if ends else {"zero": False}
    axis = {"tickCount": 5}
    spec = {
        "data": {"values": values},
        "width": "container", "height": {"step": 28},
        "layer": [
            {"mark": {"type": "rule", "strokeWidth": 1.5, "color": ACCENT},
             "encoding": {"y": y, "x": {"field": "low", "type": "quantitative", "scale": scale,
                                        "axis": axis, "title": "mean"}, "x2": {"field": "high"}}},
            {"mark": {"type": "circle", "size": 90, "opacity": 1, "color": ACCENT},
             "encoding": {"y": y, "x": {"field": "mean", "type": "quantitative", "scale": scale},
                          "tooltip": [{"field": "group"}, {"field": "mean", "format": ".3f"}]}},
        ],
    }  # fmt: skip
    st.vega_lite_chart(spec, theme="streamlit")
