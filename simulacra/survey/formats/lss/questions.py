"""LimeSurvey's question types, by letter."""

from typing import Any, NamedTuple

from simulacra.domain.survey import Kind, Option, Row

ELSEWHERE = {"I": "a switch of language", "|": "a file to send"}
_OPEN = {"S": Kind.SHORT_TEXT, "T": Kind.LONG_TEXT, "U": Kind.LONG_TEXT, "N": Kind.NUMERIC,
         "D": Kind.DATE, "X": Kind.INFO, "*": Kind.FIELD}  # fmt: skip
_FIXED: dict[str, tuple[Kind, tuple[tuple[str, str], ...]]] = {
    "Y": (Kind.SINGLE, (("Y", "Yes"), ("N", "No"))),
    "G": (Kind.SINGLE, (("F", "Female"), ("M", "Male"))),
    "5": (Kind.RATING, tuple((str(n), str(n)) for n in range(1, 6))),
    "A": (Kind.RATING, tuple((str(n), str(n)) for n in range(1, 6))),
    "B": (Kind.RATING, tuple((str(n), str(n)) for n in range(1, 11))),
    "C": (Kind.SINGLE, (("Y", "Yes"), ("U", "Uncertain"), ("N", "No"))),
    "E": (Kind.RATING, (("I", "Increase"), ("S", "Same"), ("D", "Decrease"))),
}
LETTERS = frozenset("L!OMPFABCEH1;:RSTUQNKDYGX*5I|")


class Source(NamedTuple):
    """A question of the file: its letter, code, answers and subquestions by scale, attributes."""

    letter: str
    code: str
    other: Option | None
    answers: dict[int, tuple[Option, ...]]
    parts: dict[int, tuple[Row, ...]]
    attributes: dict[str, str]


def values_of(source: Source) -> list[tuple[str, dict[str, Any]]]:
    """The items that a question becomes: what is added to its code, and values of ``Item``.

    None where the letter needs answers or subquestions and there are none.
    """
    letter = source.letter
    if letter in _OPEN:
        return [("", {"kind": _OPEN[letter], **_bounds(source)})]
    if letter in "5YG":
        kind, pairs = _FIXED[letter]
        return [("", {"kind": kind, "options": _options(pairs)})]
    if letter in "L!ORMP":
        return _chosen(source)
    rows = source.parts.get(0, ())
    if not rows:
        return []
    if letter in "QK":
        return [("", _form(source, rows))]
    return _matrices(source, rows)


def _options(pairs: tuple[tuple[str, str], ...]) -> tuple[Option, ...]:
    return tuple(Option(code=code, label=label) for code, label in pairs)


def _chosen(source: Source) -> list[tuple[str, dict[str, Any]]]:
    several = source.letter in "MP"
    options = as_options(source.parts.get(0, ())) if several else source.answers.get(0, ())
    if source.letter == "P":
        options = tuple(one.model_copy(update={"text_entry": True}) for one in options)
    alone = set(source.attributes.get("exclude_all_others", "").replace(",", ";").split(";"))
    options = tuple(
        one.model_copy(update={"exclusive": True}) if one.code in alone else one for one in options
    )
    options += (source.other,) if source.other else ()
    if not options:
        return []
    kind = Kind.MULTI if several else Kind.RANKING if source.letter == "R" else Kind.SINGLE
    values: dict[str, Any] = {"kind": kind, "options": options, "shuffle": random(source)}
    least, most = (number(source.attributes.get(f"{end}_answers")) for end in ("min", "max"))
    if kind != Kind.SINGLE and (least or most):
        low, high = int(least or 0), int(most or len(options))
        values["choose"] = (low, high) if 0 <= low <= high >= 1 else None
    return [("", values)]


def as_options(rows: tuple[Row, ...]) -> tuple[Option, ...]:
    """Subquestions as the options that they are in a question of several answers."""
    return tuple(
        Option(code=row.code, label=row.label or row.code, condition=row.condition) for row in rows
    )


def _form(source: Source, rows: tuple[Row, ...]) -> dict[str, Any]:
    total = number(source.attributes.get("equals_num_value"))
    if source.letter == "K" and total is not None:
        return {"kind": Kind.CONSTANT_SUM, "options": as_options(rows), "total": total}
    kind = Kind.NUMERIC if source.letter == "K" else None
    rows = tuple(row.model_copy(update={"kind": kind}) for row in rows)
    return {"kind": Kind.FORM, "rows": rows, "shuffle_rows": random(source)}


def _matrices(source: Source, rows: tuple[Row, ...]) -> list[tuple[str, dict[str, Any]]]:
    letter, shuffle = source.letter, random(source)
    base: dict[str, Any] = {"kind": Kind.MATRIX, "rows": rows, "shuffle_rows": shuffle}
    if letter in "ABCE":
        kind, pairs = _FIXED[letter]
        return [("", {**base, "cells": kind, "options": _options(pairs)})]
    if letter in "FH":
        options = source.answers.get(0, ())
        return [("", {**base, "cells": Kind.SINGLE, "options": options})] if options else []
    if letter == "1":
        return [
            (f"_{scale}", {**base, "cells": Kind.SINGLE, "options": options})
            for scale, options in sorted(source.answers.items())
            if options
        ]
    columns = source.parts.get(1, ())
    if letter == ":" and source.attributes.get("multiflexible_checkbox") == "1":
        options = as_options(columns)
        return [("", {**base, "cells": Kind.MULTI, "options": options})] if options else []
    cells = {"cells": Kind.NUMERIC if letter == ":" else Kind.SHORT_TEXT}
    if letter == ":":
        names = {"min": "minimum", "max": "maximum", "step": "step"}
        given = {f: number(source.attributes.get(f"multiflexible_{n}")) for n, f in names.items()}
        cells |= {field: value for field, value in given.items() if value is not None}  # type: ignore[misc]
    return [(f"_{column.code}", {**base, **cells, "stem": column.label}) for column in columns]


def _bounds(source: Source) -> dict[str, Any]:
    if source.letter != "N":
        return {}
    names = {"min_num_value_n": "minimum", "max_num_value_n": "maximum"}
    given = {field: number(source.attributes.get(name)) for name, field in names.items()}
    whole = {"step": 1.0} if source.attributes.get("num_value_int_only") == "1" else {}
    return {field: value for field, value in given.items() if value is not None} | whole


def random(source: Source) -> bool:
    """Whether answers or subquestions come in a random order."""
    names = ("random_order", "answer_order", "subquestion_order")
    return any(source.attributes.get(name) in ("1", "random") for name in names)


def number(text: str | None) -> float | None:
    """A number of an attribute; None where it is none."""
    try:
        return float(text) if text else None
    except ValueError:
        return None
