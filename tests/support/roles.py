"""Replies out of role and in it, each with its question, and tries; in halves drawn by a seed."""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

FOLDER = Path(__file__).parents[1] / "data" / "role"


class Said(NamedTuple):
    """A question and what was replied."""

    asked: str
    said: str


class Halves(NamedTuple):
    """What was looked at while rules and gate were written, and what was not."""

    dev: tuple[Any, ...]
    held: tuple[Any, ...]


def document(name: str) -> Any:
    """A file of the role's data."""
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


def exchanges() -> dict[str, Halves]:
    """Replies by "out" and "in"."""
    told = document("exchanges")
    return {
        part: _halves([Said(**one) for one in told[part]], told["seed"]) for part in ("out", "in")
    }


def approaches() -> dict[str, Halves]:
    """Messages by "tries" and "harmless"."""
    told = document("approaches")
    return {part: _halves(told[part], told["seed"]) for part in ("tries", "harmless")}


def _halves(some: Sequence[Any], seed: int) -> Halves:
    places = list(range(len(some)))
    random.Random(seed).shuffle(places)
    half = len(some) // 2
    dev, held = (tuple(some[at] for at in sorted(part)) for part in (places[:half], places[half:]))
    return Halves(dev, held)
