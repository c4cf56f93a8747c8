"""The GSS panel as an instrument, a mapping of people and a mapping of answers."""

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from simulacra.domain.survey import Instrument, Item, Kind, Option

_ORDERED = (
    "agree", "likely", "great deal", "excellent", "often", "very happy", "better", "approve",
    "always wrong", "important", "a lot", "never", "too little", "satisfied", "some of the time",
    "strongly", "fair", "almost every", "liberal", "increased",
)  # fmt: skip
PEOPLE: Mapping[str, Any] = {
    "id": "id",
    "draw": "rows",
    "constants": {"country": "United States"},
    "columns": {
        "age_w1": "age",
        "sex_w1": {"as": "gender", "recode": {"1": "male", "2": "female"}},
        "race_w1": "race",
        "degree_w1": {
            "as": "degree",
            "recode": {
                "0": "less than high school", "1": "high school", "2": "associate",
                "3": "bachelor", "4": "graduate",
            },
        },
        "region_w1": "region",
        "relig_w1": "religion",
        "partyid_w1": "party",
    },
}  # fmt: skip
BY: Mapping[str, Any] = {
    "gender": {"column": "sex_w1", "recode": {"1": "male", "2": "female"}},
    "age": {"column": "age_w1", "cut": [35, 50, 65]},
    "race": {"column": "race_w1"},
}


def people_mapping(out: Path) -> Path:
    """Which columns make people."""
    path = out / "people.yaml"
    path.write_text(yaml.safe_dump(dict(PEOPLE)), encoding="utf-8")
    return path


def answers_mapping(instrument: Instrument, out: Path) -> Path:
    """Which columns hold the humans' answers to the items of an instrument, at both waves."""
    document = {
        "id": "id",
        "waves": ["_w1", "_w2"],
        "items": {one.id: one.id for one in instrument.items},
        "by": dict(BY),
    }
    path = out / "answers.yaml"
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    return path


def instrument_of(folder: Path, items: Sequence[str] | int | None = None) -> Instrument:
    """Items of the panel: named ones, so many spread evenly over all, or all."""
    told = json.loads((folder / "items.json").read_text(encoding="utf-8"))
    with (folder / "respondents.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = sorted(told)
    if isinstance(items, int):
        names = names[:: max(1, len(names) // items)][:items]
    elif items is not None:
        names = list(items)
    return Instrument(
        id="gss_panel",
        title="Items of the GSS panel",
        items=tuple(_item(name, told[name], rows) for name in names),
    )


def _item(name: str, told: Mapping[str, Any], rows: Sequence[Mapping[str, str]]) -> Item:
    labels = dict(told["values"])
    seen = {row[f"{name}{wave}"] for row in rows for wave in ("_w1", "_w2")} - {""}
    if seen - set(labels):  # only the ends of the scale, or every other point, are labelled
        codes = {int(code) for code in (*labels, *seen)}
        labels = {str(at): labels.get(str(at), str(at)) for at in range(min(codes), max(codes) + 1)}
    text = " ".join(labels.values()).casefold()
    ordered = len(labels) > 2 and any(word in text for word in _ORDERED)
    return Item(
        id=name,
        kind=Kind.RATING if ordered else Kind.SINGLE,
        text=" ".join(told["question"].split()) or told["label"] or name,
        options=tuple(Option(code=code, label=label) for code, label in labels.items()),
    )
