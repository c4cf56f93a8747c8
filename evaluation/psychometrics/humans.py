"""Answers of people to the same items, or to a scale of the same name, to set a run beside."""

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from evaluation.answers import number
from evaluation.intervals import Points
from evaluation.psychometrics.result import Basis
from evaluation.psychometrics.sample import Sample, Scored
from simulacra.errors import InputError

NO_CODE = "No answer, or no code of the item"
_WAVE = re.compile(r"(.+)_w(\d+)$")
_FEWEST = 2
_PREFIX = 4
_MOST_CODES = 15


class Humans(NamedTuple):
    """Answers of people: a column an item and wave. ``keys`` are scales, with - before reversed."""

    name: str
    columns: Mapping[str, Points]
    wordings: Mapping[str, str]
    codes: Mapping[str, tuple[float, ...]]
    keys: Mapping[str, tuple[str, ...]]

    @classmethod
    def read(cls, path: Path) -> "Humans":
        """A CSV with a column an item, or a folder with it.

        A folder holds ``respondents.csv`` and, where there are any, ``items.csv`` (``item_id``,
        ``item``) or ``items.json`` (by id: ``question``, ``values``) with the wording, and
        ``keys.json`` with the items of each scale. Columns that end in ``_w1``, ``_w2`` are waves
        of one item.

        Raises:
            InputError: it cannot be read.
        """
        folder, file = (path, path / "respondents.csv") if path.is_dir() else (path.parent, path)
        if not file.is_file():
            raise InputError("there is no such file: a CSV, or a folder with respondents.csv, "
                             "is needed", path=file)  # fmt: skip
        try:
            table = pd.read_csv(file, low_memory=False)
        except (OSError, ValueError) as error:
            raise InputError(f"this is no CSV: {error}", path=file) from None
        about = folder if path.is_dir() else None
        told = _json(about / "items.json") if about else {}
        wordings, codes = _described(told)
        return cls(
            name=path.stem if path.is_file() else path.resolve().name,
            columns=_waves(table),
            wordings={**_worded(about / "items.csv"), **wordings} if about else {},
            codes=codes,
            keys={name: tuple(items) for name, items in _json(about / "keys.json").items()}
            if about
            else {},
        )


class Matched(NamedTuple):
    """People's answers for the scales of a run, and what they rest on.

    ``shared`` are the places in the run of items that people answered too, ``same`` their places in
    ``sample``.
    """

    sample: Sample
    basis: dict[str, Basis]
    shared: tuple[int, ...]
    same: tuple[int, ...]


def beside_run(run: Sample, humans: Humans) -> Matched:
    """What people answered to the items of a run, by id or else by wording; keyed as in the run.

    A scale of which fewer than two items are there takes the people's own scale of that name.

    Raises:
        InputError: nothing of the run is there.
    """
    found = _same_items(run, humans)
    chosen: list[tuple[str, Scored]] = []
    basis: dict[str, Basis] = {}
    shared: list[int] = []
    for scale, places in run.scales().items():
        here = [place for place in places if place in found]
        if len(here) >= _FEWEST:
            basis[scale] = "same items"
        elif key := _named_like(scale, humans.keys):
            basis[scale] = "a scale of that name"
            chosen += list(_by_key(scale, humans.keys[key], humans))
    kept = [
        place
        for place in found
        if run.items[place].scale is None or basis.get(str(run.items[place].scale)) == "same items"
    ]
    taken = {id_ for id_, _ in chosen}
    for place in kept:
        if found[place] not in taken:
            shared.append(place)
            item = run.items[place]
            own = Scored(item.id, item.text, item.scale, item.reverse, ())
            chosen.append((found[place], own))
    if not chosen:
        raise InputError(
            f"{humans.name} has no item of this run, neither by id nor by wording, and no scale of "
            "the same name: give another --reference"
        )
    sample = _sample(chosen, humans)
    same = tuple(range(len(chosen) - len(shared), len(chosen)))
    return Matched(sample, basis, tuple(shared), same)


def _same_items(run: Sample, humans: Humans) -> dict[int, str]:
    """The people's item for each place in the run that has one."""
    by_words = {_words(text): id_ for id_, text in humans.wordings.items() if id_ in humans.columns}
    found = {}
    for place, item in enumerate(run.items):
        if item.id in humans.columns:
            found[place] = item.id
        elif (words := _words(item.text)) in by_words:
            found[place] = by_words[words]
    return found


def _named_like(scale: str, keys: Mapping[str, Sequence[str]]) -> str | None:
    """The key of the same name or, where only one is, one that starts as it does."""
    name = scale.casefold()
    same = [key for key in keys if key.casefold() == name]
    begins = [
        key
        for key in keys
        if min(len(key), len(name)) >= _PREFIX
        and (name.startswith(key.casefold()) or key.casefold().startswith(name))
    ]
    found = same or begins
    return found[0] if len(found) == 1 else None


def _by_key(scale: str, key: Sequence[str], humans: Humans) -> Iterator[tuple[str, Scored]]:
    for told in key:
        id_ = told.removeprefix("-")
        if id_ in humans.columns:
            text = humans.wordings.get(id_, "")
            yield id_, Scored(id_, text, scale, told.startswith("-"), ())


def _sample(chosen: Sequence[tuple[str, Scored]], humans: Humans) -> Sample:
    """The answers, values that are no code left out and counted."""
    occasions = max(humans.columns[id_].shape[0] for id_, _ in chosen)
    people = next(iter(humans.columns.values())).shape[1]
    answers = np.full((occasions, people, len(chosen)), np.nan)
    for place, (id_, _) in enumerate(chosen):
        values = humans.columns[id_]
        answers[: len(values), :, place] = values
    common = _common_codes(answers)
    items = tuple(
        item._replace(codes=humans.codes.get(id_) or common or _observed(answers[:, :, place]))
        for place, (id_, item) in enumerate(chosen)
    )
    for place, item in enumerate(items):
        column = answers[:, :, place]
        column[~((column >= item.codes[0]) & (column <= item.codes[-1]))] = np.nan
    lacking = int(np.isnan(answers).sum())
    missing = {NO_CODE: lacking} if lacking else {}
    return Sample(items, tuple(str(at) for at in range(people)), answers, None, missing)


def _common_codes(answers: Points) -> tuple[float, ...] | None:
    """The answer scale of all the items together, where they can have one: few whole numbers."""
    values = np.unique(answers[~np.isnan(answers)])
    if not 2 <= len(values) <= _MOST_CODES or not np.array_equal(values, np.round(values)):
        return None
    return tuple(float(value) for value in values)


def _observed(column: Points) -> tuple[float, ...]:
    values = column[~np.isnan(column)]
    return (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)


def _waves(table: pd.DataFrame) -> dict[str, Points]:
    """The numeric columns, (waves, people), those of one item together."""
    waves: dict[str, list[str]] = {}
    for column in map(str, table.columns):
        found = _WAVE.fullmatch(column)
        waves.setdefault(found[1] if found else column, []).append(column)

    def values(column: str) -> Points:
        return pd.to_numeric(table[column], errors="coerce").to_numpy(dtype=np.float64)

    return {
        id_: np.array([values(column) for column in sorted(some)]) for id_, some in waves.items()
    }


def _described(told: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, tuple[float, ...]]]:
    """Wordings and codes of ``items.json``."""
    if strange := [id_ for id_, one in told.items() if not isinstance(one, dict)]:
        raise InputError(f"items.json has no description of {strange[0]}: an object is needed")
    wordings = {id_: str(one.get("question", "")) for id_, one in told.items()}
    values = {id_: [number(code) for code in one.get("values", {})] for id_, one in told.items()}
    codes = {
        id_: tuple(sorted(one for one in some if one is not None))
        for id_, some in values.items()
        if len(some) > 1 and None not in some
    }
    return wordings, codes


def _worded(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        rows = list(reader)
    if not {"item_id", "item"} <= set(reader.fieldnames or ()):
        raise InputError("it needs the columns item_id and item", path=path)
    return {row["item_id"]: row["item"] for row in rows if row.get("item_id") and row.get("item")}


def _json(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raise InputError("this is no JSON", path=path) from None
    if not isinstance(found, dict):
        raise InputError("this holds no object of ids", path=path)
    return found


def _words(text: str) -> str:
    """A wording without case and signs."""
    return " ".join(re.findall(r"\w+", text.casefold()))
