"""The questions of a SurveyJS survey, each as the values of an item."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from simulacra.domain.survey import Kind, Option, Row
from simulacra.survey.formats.surveyjs.choices import Reads, added_options, code_of, options_of

Element = dict[str, Any]
Values = dict[str, Any]
_CHOSEN = {
    "radiogroup": Kind.SINGLE, "dropdown": Kind.SINGLE, "buttongroup": Kind.SINGLE,
    "checkbox": Kind.MULTI, "tagbox": Kind.MULTI, "ranking": Kind.RANKING,
    "imagepicker": Kind.SINGLE,
}  # fmt: skip
PLAIN_TYPES = frozenset((
    "radiogroup", "checkbox", "ranking", "text", "comment", "rating", "slider", "html", "matrix",
    "multipletext",
))  # fmt: skip


def values_of(reads: Reads, own: str, element: Element, used: set[str]) -> Values | None:
    """Kind, options, rows and bounds of a question; None for a type that nobody can answer."""
    kind = str(element.get("type"))
    if kind in _CHOSEN:
        return _chosen(reads, own, element, used)
    build = _BUILT.get(kind)
    return build(reads, own, element, used) if build else None


def _chosen(reads: Reads, own: str, element: Element, used: set[str]) -> Values:
    used |= {"choices", "choicesOrder", "choicesVisibleIf", "multiSelect"}
    kind = _CHOSEN[str(element["type"])]
    if element.get("type") == "imagepicker" and element.get("multiSelect"):
        kind = Kind.MULTI
    options = options_of(reads, own, element, element.get("choices")) or _counted(element, used)
    order = element.get("choicesOrder", "none")
    if order in ("asc", "desc"):
        options.sort(key=lambda option: option.label.casefold(), reverse=order == "desc")
    options += added_options(reads, element, used)
    if "choicesByUrl" in element or not options:
        why = "its choices are elsewhere: it is asked in words" if not options else "not fetched"
        reads.tell(own, "choices", why, element.get("choicesByUrl"))
    if not options:
        return {"kind": Kind.SHORT_TEXT}
    values: Values = {"kind": kind, "options": tuple(options), "shuffle": order == "random"}
    least, most = element.get("minSelectedChoices"), element.get("maxSelectedChoices")
    if kind != Kind.SINGLE and (_is_number(least) or _is_number(most)):
        used |= {"minSelectedChoices", "maxSelectedChoices"}
        values["choose"] = _choose(least, most, len(options))
    return values


def _choose(least: Any, most: Any, many: int) -> tuple[int, int] | None:
    """Fewest and most, where that can be met; 0 stands for no limit."""
    low = int(least) if _is_number(least) else 0
    high = int(most) if _is_number(most) and most else many
    return (low, high) if 0 <= low <= high >= 1 else None


def _counted(element: Element, used: set[str]) -> list[Option]:
    """The choices of a dropdown from one number to another."""
    least, most = (_number(element.get(name)) for name in ("choicesMin", "choicesMax"))
    if least is None or most is None:
        return []
    used |= {"choicesMin", "choicesMax", "choicesStep"}
    return _steps(least, most, _number(element.get("choicesStep")) or 1.0)


def _steps(least: float, most: float, step: float) -> list[Option]:
    many = int((most - least) / step) + 1 if step > 0 else 0
    codes = [code_of(float(least + at * step)) for at in range(min(many, 1000))]
    return [Option(code=code, label=code) for code in codes]


def _boolean(reads: Reads, own: str, element: Element, used: set[str]) -> Values:  # noqa: ARG001
    used |= {"labelTrue", "labelFalse", "valueTrue", "valueFalse"}
    sides = (("valueTrue", "true", "labelTrue", "Yes"), ("valueFalse", "false", "labelFalse", "No"))
    options = tuple(
        Option(
            code=code_of(element.get(value, code)),
            label=reads.texts.of(element.get(label)) or said,
        )
        for value, code, label, said in sides
    )
    return {"kind": Kind.SINGLE, "options": options}


def _rating(reads: Reads, own: str, element: Element, used: set[str]) -> Values:
    used |= {"rateValues", "rateMin", "rateMax", "rateStep", "rateCount", "minRateDescription",
             "maxRateDescription", "autoGenerate"}  # fmt: skip
    options = options_of(reads, own, element, element.get("rateValues"))
    if not options:
        least = _number(element.get("rateMin", 1)) or 0.0
        step = _number(element.get("rateStep")) or 1.0
        count = int(_number(element.get("rateCount")) or 5)
        most = _number(element.get("rateMax")) or least + (count - 1) * step
        options = _steps(least, most, step)
    ends = [reads.texts.of(element.get(f"{end}RateDescription")) for end in ("min", "max")]
    for at, end in zip((0, -1), ends, strict=True):
        if end and options:
            label = f"{options[at].label} {end}"
            options[at] = options[at].model_copy(update={"label": label})
    return {"kind": Kind.RATING, "options": tuple(options)}


def _text(reads: Reads, own: str, element: Element, used: set[str]) -> Values:
    kind = str(element.get("inputType", "text"))
    used |= {"inputType"} if kind in ("text", "number", "range", "date") else set()
    if kind not in ("text", "number", "range", "date"):
        reads.tell(own, f"inputType {kind}", "it is asked in words", kind)
    values: Values = {"kind": _INPUTS.get(kind, Kind.SHORT_TEXT)}
    read = _day if kind == "date" else _number
    for name, field in (("min", "minimum"), ("max", "maximum"), ("step", "step")):
        found = read(element.get(name))
        if found is not None and values["kind"] != Kind.SHORT_TEXT:
            used.add(name)
            values[field] = found
    return values


_INPUTS = {"number": Kind.NUMERIC, "range": Kind.SLIDER, "date": Kind.DATE}


def _slider(reads: Reads, own: str, element: Element, used: set[str]) -> Values:
    used |= {"min", "max", "step", "sliderType"}
    if element.get("sliderType") == "range":
        reads.tell(own, "sliderType range", "one number is asked for instead of two", "range")
    given = [_number(element.get(name)) for name in ("min", "max", "step")]
    least, most, step = (
        default if one is None else one for one, default in zip(given, (0, 100, 1), strict=True)
    )
    return {"kind": Kind.SLIDER, "minimum": least, "maximum": most, "step": step}


def _matrix(reads: Reads, own: str, element: Element, used: set[str]) -> Values:
    used |= {"columns", "rows", "rowOrder", "cellType", "eachRowRequired"}
    options = options_of(reads, own, element, element.get("columns"))
    cells = Kind.MULTI if element.get("cellType") == "checkbox" else Kind.SINGLE
    rows = rows_of(reads, own, element.get("rows"))
    values: Values = {"options": tuple(options)}
    if element.get("eachRowRequired"):
        values["required"] = True
    if not options:
        reads.tell(own, "columns", "there are none: it is asked in words", element.get("columns"))
        return {"kind": Kind.SHORT_TEXT}
    if not rows:
        return {"kind": cells, **values}
    random = element.get("rowOrder") == "random"
    return {"kind": Kind.MATRIX, "cells": cells, "rows": rows, "shuffle_rows": random, **values}


def rows_of(reads: Reads, own: str, listed: Any) -> tuple[Row, ...]:
    """Rows of a matrix; their values become codes of letters, digits and ``_``."""
    rows: dict[str, Row] = {}
    for one in listed if isinstance(listed, list) else []:
        given = one if isinstance(one, dict) else {"value": one}
        code = row_code(given.get("value"))
        label = reads.texts.of(given.get("text")) or code_of(given.get("value", ""))
        condition = reads.logic(own, f"row {code}", given.get("visibleIf"))
        if code in rows:
            reads.tell(own, f"row {code}", "a row of this value is there already", one)
        rows.setdefault(code, Row(code=code, label=label, condition=condition))
        if isinstance(given.get("text"), dict):
            reads.tell(own, f"row {code}", "its other languages play no part", given["text"])
    return tuple(rows.values())


def row_code(value: Any) -> str:
    """The code of a row."""
    return re.sub(r"[^A-Za-z0-9_]", "_", code_of(value)) or "_"


def _form(reads: Reads, own: str, element: Element, used: set[str]) -> Values:
    used.add("items")
    rows: dict[str, Row] = {}
    for one in element.get("items") or []:
        given = one if isinstance(one, dict) else {"name": one}
        kind = _INPUTS.get(str(given.get("inputType")))
        label = reads.texts.of(given.get("title")) or code_of(given.get("name", ""))
        code = row_code(given.get("name"))
        while code in rows:
            code += "_"
        rows[code] = Row(code=code, label=label, kind=kind)
        rest = {n: v for n, v in given.items() if n not in ("name", "title", "inputType")}
        if rest:
            reads.tell(own, f"item {given.get('name')}", "it plays no part", rest)
    if not rows:
        return {"kind": Kind.SHORT_TEXT}
    return {"kind": Kind.FORM, "rows": tuple(rows.values())}


def _html(reads: Reads, own: str, element: Element, used: set[str]) -> Values:
    used |= {"html", "title"}
    if not reads.texts.lossless(element.get("html", "")):
        reads.tell(own, "html", "its words are read, its markup plays no part", element["html"])
        used.discard("html")
    return {"kind": Kind.INFO, "text": reads.texts.of(element.get("html"))}


def _image(reads: Reads, own: str, element: Element, used: set[str]) -> Values:  # noqa: ARG001
    reads.tell(own, "image", "nobody here sees it; its description is shown", element)
    alt = reads.texts.of(element.get("altText"))
    return {"kind": Kind.INFO, "text": f"[image: {alt}]" if alt else "[image]"}


def _imagemap(reads: Reads, own: str, element: Element, used: set[str]) -> Values | None:
    options = options_of(reads, own, element, element.get("areas"))
    if not options:
        return None
    used.add("multiSelect")
    several = element.get("multiSelect", True)
    return {"kind": Kind.MULTI if several else Kind.SINGLE, "options": tuple(options)}


def _comment(reads: Reads, own: str, element: Element, used: set[str]) -> Values:  # noqa: ARG001
    return {"kind": Kind.LONG_TEXT}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(value: Any) -> float | None:
    try:
        return None if value is None or isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        return None


def _day(value: Any) -> float | None:
    """A date in days since 1970."""
    try:
        return float((date.fromisoformat(str(value)[:10]) - date(1970, 1, 1)).days)
    except ValueError:
        return None


_BUILT: dict[str, Callable[[Reads, str, Element, set[str]], Values | None]] = {
    "boolean": _boolean, "rating": _rating, "text": _text, "slider": _slider, "matrix": _matrix,
    "multipletext": _form, "html": _html, "image": _image, "imagemap": _imagemap,
    "comment": _comment,
}  # fmt: skip
