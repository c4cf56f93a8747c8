"""The two models as data: levels, correlations and wording in the YAML files beside this one."""

from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import NDArray

from personas.formats.text_files import read_yaml
from simulacra.domain.base import Frozen
from simulacra.domain.persona import FACETS, Facet, Function

_FOLDER = Path(__file__).parent


class Items(Frozen):
    """Predicates that speak for a facet and against it, as the item pool words them."""

    high: tuple[str, ...]
    low: tuple[str, ...]


class Phrase(Frozen):
    """How a level is said: which items speak for it, and texts for ``{first}`` and ``{second}``."""

    keyed: Literal["high", "low"]
    texts: tuple[str, ...]


class FacetModel(Frozen):
    """``cuts``: the z values that part the five levels; ``phrases`` by level, none for average."""

    cuts: tuple[float, float, float, float]
    levels: dict[int, str]
    phrases: dict[int, Phrase]
    items: dict[Facet, Items]


class FunctionModel(Frozen):
    """``drawn``: sentences a person gets from each rank; ``sentences`` by function and rank."""

    drawn: dict[int, int]
    sentences: dict[Function, dict[int, tuple[str, ...]]]


@cache
def facet_model() -> FacetModel:
    """Levels, phrases and items of the 30 facets."""
    return FacetModel.model_validate(_read("facets.yaml"))


@cache
def function_model() -> FunctionModel:
    """The sentences of the eight functions and the rule by which they are drawn."""
    return FunctionModel.model_validate(_read("functions.yaml"))


def facet_correlations() -> NDArray[np.float64]:
    """Correlations of the 30 facets in the order of ``FACETS``, 30 x 30 (source in the file)."""
    rows = _read("correlations.yaml")["hundredths"]
    matrix = np.eye(len(FACETS))
    for place, facet in enumerate(FACETS):
        matrix[place, :place] = matrix[:place, place] = np.array(rows[facet]) / 100
    return matrix


def _read(name: str) -> dict[str, Any]:
    value, _ = read_yaml(_FOLDER / name)
    return cast(dict[str, Any], value)
