"""What a Qualtrics question asks for, in the terms of the instrument."""

from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

from simulacra.domain.survey import Kind
from simulacra.survey.formats.qsf.document import Json, mapping, text

_MULTIPLE = frozenset(("MAVR", "MAHR", "MACOL", "MSB"))

_DEMANDED = {"ValidNumber": Kind.NUMERIC, "ValidDate": Kind.DATE}


class Layout(StrEnum):
    """How many items a question becomes: ``one``, or one for each column, row, end or level."""

    ONE = "one"
    SIDE_BY_SIDE = "side by side"
    PROFILE = "profile"
    BEST_WORST = "best worst"
    DRILL_DOWN = "drill down"


class Shape(NamedTuple):
    """``kind`` None: nobody can be asked. ``cells`` are those of a matrix or of a form's rows."""

    kind: Kind | None
    cells: Kind | None = None
    layout: Layout = Layout.ONE


_UNASKED = Shape(None)


def shape_of(question: Json) -> Shape:
    """The shape of a question, by its type, selector and validation."""
    kind = text(question.get("QuestionType"))
    readers: dict[str, Callable[[Json], Shape]] = {
        "MC": _choice,
        "Matrix": _matrix,
        "TE": _text,
        "Slider": _slider,
        "CS": _sum,
        "DB": lambda _: Shape(Kind.INFO),
        "RO": lambda _: Shape(Kind.RANKING),
        "PGR": lambda _: Shape(Kind.MATRIX, Kind.SINGLE),
        "SS": lambda _: Shape(Kind.RATING),
        "SBS": lambda _: Shape(Kind.MATRIX, layout=Layout.SIDE_BY_SIDE),
        "DD": lambda _: Shape(Kind.SINGLE, layout=Layout.DRILL_DOWN),
    }
    return readers[kind](question) if kind in readers else _UNASKED


def content_type(question: Json) -> str:
    """What the file demands of a text, such as ``ValidNumber``; "" where nothing."""
    settings = mapping(mapping(question.get("Validation")).get("Settings"))
    named = text(settings.get("ContentType"))
    return named if text(settings.get("Type")) == "ContentType" else ""


def by_cell(question: Json) -> bool:
    """Whether a matrix takes an entry in each of its cells."""
    return (question.get("QuestionType"), question.get("Selector")) == ("Matrix", "TE")


def total_of(question: Json) -> str:
    """The total that a constant sum has to reach, as written; "" where it need not."""
    settings = mapping(mapping(question.get("Validation")).get("Settings"))
    return text(settings.get("ChoiceTotal")) if text(settings.get("Type")) == "ChoicesTotal" else ""


def entry_kind(question: Json, demanded: str) -> Kind | None:
    """The kind of a form's field: of what it demands itself or the whole form does."""
    return _DEMANDED.get(demanded or content_type(question))


def _choice(question: Json) -> Shape:
    selector = text(question.get("Selector"))
    if selector in _MULTIPLE:
        return Shape(Kind.MULTI)
    randomised = text(mapping(question.get("Randomization")).get("Type"))
    return Shape(Kind.RATING if selector == "NPS" or "Reversal" in randomised else Kind.SINGLE)


def _matrix(question: Json) -> Shape:
    selector, sub = text(question.get("Selector")), text(question.get("SubSelector"))
    if selector == "Profile":
        kind = Kind.MULTI if sub == "MultipleAnswer" else Kind.SINGLE
        return Shape(kind, layout=Layout.PROFILE)
    if selector == "MaxDiff":
        return Shape(Kind.SINGLE, layout=Layout.BEST_WORST)
    cells = {
        "TE": _DEMANDED.get(content_type(question))
        or (Kind.LONG_TEXT if sub in ("Long", "Essay") else Kind.SHORT_TEXT),
        "RO": Kind.RANKING,
        "RankOrder": Kind.RANKING,
        "CS": Kind.CONSTANT_SUM if total_of(question) else Kind.NUMERIC,
    }.get(selector)
    by_answer = {"MultipleAnswer": Kind.MULTI, "DL": Kind.SINGLE}
    return Shape(Kind.MATRIX, cells or by_answer.get(sub, Kind.RATING))


def _text(question: Json) -> Shape:
    selector = text(question.get("Selector"))
    if selector in ("FORM", "Form") or mapping(question.get("Choices")):
        return Shape(Kind.FORM)
    demanded = _DEMANDED.get(content_type(question))
    return Shape(demanded or (Kind.LONG_TEXT if selector in ("ML", "ESTB") else Kind.SHORT_TEXT))


def _slider(question: Json) -> Shape:
    if len(mapping(question.get("Choices"))) > 1 or question.get("DynamicChoices"):
        return Shape(Kind.MATRIX, Kind.SLIDER)
    return Shape(Kind.SLIDER)


def _sum(question: Json) -> Shape:
    return Shape(Kind.CONSTANT_SUM) if total_of(question) else Shape(Kind.MATRIX, Kind.NUMERIC)
