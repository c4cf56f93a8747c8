"""Charts as Vega-Lite specifications: data in, colours from the theme."""

from typing import Any

import streamlit as st

from simulacra.domain.persona import DOMAINS, Personality

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
