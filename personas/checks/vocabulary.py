"""The relations that facts are told in, read from ``relations.yaml``."""

from functools import cache
from pathlib import Path
from typing import Literal

import yaml

from simulacra.domain.base import Frozen

_FILE = Path(__file__).parent / "relations.yaml"


class Relation(Frozen):
    """How many objects a relation has, of what kind, and what it excludes.

    ``lasts``: once it holds it holds for good, so that its opposite told later contradicts it.
    """

    one: Literal["ever", "time", "many"]
    object: str
    opposite: str | None = None
    lasts: bool = False
    about: str = ""


@cache
def relations() -> dict[str, Relation]:
    """Every relation by name, in the order of the file."""
    rows = yaml.safe_load(_FILE.read_text(encoding="utf-8"))["relations"]
    return {name: Relation.model_validate(row) for name, row in rows.items()}
