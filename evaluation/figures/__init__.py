"""Drawings as SVG texts to be set into a page: equal data give equal bytes."""

from evaluation.figures.canvas import option_colours
from evaluation.figures.comparisons import (
    DriftRow,
    WhiskerRow,
    drift_panel,
    method_panel,
    whisker_panel,
)
from evaluation.figures.dots import Band, Dot, DotRow, dot_panel
from evaluation.figures.matrix import matrix_panel
from evaluation.figures.portraits import feeling_panel, option_panel, stage_panel, trait_panel

__all__ = [
    "Band",
    "Dot",
    "DotRow",
    "DriftRow",
    "WhiskerRow",
    "dot_panel",
    "drift_panel",
    "feeling_panel",
    "matrix_panel",
    "method_panel",
    "option_colours",
    "option_panel",
    "stage_panel",
    "trait_panel",
    "whisker_panel",
]
