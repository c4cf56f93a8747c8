"""Validation: whether an answer is required, its bounds, and conditions that it has to meet."""

from typing import Any

from simulacra.domain.survey import Kind
from simulacra.survey.expression import Call, Comparison, Constant, Expression, Reference
from simulacra.survey.formats.qsf.document import Json, mapping, number, text, whole
from simulacra.survey.formats.qsf.logic import condition
from simulacra.survey.formats.qsf.shapes import content_type, total_of
from simulacra.survey.formats.qsf.targets import Reading, Target
from simulacra.survey.writing import condition_text

_PATTERNS = {
    "ValidEmail": r"^[^@\s]+@[^@\s]+\.[^@\s.]+$",
    "ValidTextOnly": r"^\D*$",
    "ValidURL": r"^https?://\S+$",
    "ValidUSZip": r"^\d{5}(-\d{4})?$",
    "ValidUSPhone": r"^[-+().\s\d]{7,20}$",
}
_ORDINARY = ("", "None", "ContentType", "ChoicesTotal", "CustomValidation")
_LENGTHS = {
    "MinChar": (("MinChars", ">="),),
    "MinChars": (("MinChars", ">="),),
    "TotalChar": (("TotalChars", "<="),),
    "MaxChar": (("MaxChars", "<="),),
    "MaxChars": (("MaxChars", "<="),),
    "CharRange": (("MinChars", ">="), ("MaxChars", "<=")),
}
_CHOOSE = {
    "MinChoices": (True, False),
    "MinChoice": (True, False),
    "MaxChoices": (False, True),
    "MaxChoice": (False, True),
    "ChoiceRange": (True, True),
    "RankRange": (True, True),
}


def settings_of(question: Json) -> Json:
    """The validation of a question, {} without one."""
    return mapping(mapping(question.get("Validation")).get("Settings"))


def required(question: Json) -> bool:
    """Whether the question cannot be left unanswered; a mere request for an answer does not count.

    A sum that has to be reached cannot be left out either.
    """
    return text(settings_of(question).get("ForceResponse")) == "ON"


def demands_of(reading: Reading, target: Target) -> dict[str, Any]:
    """Fields of an item: bounds, number of choices, total, and the constraint on its answer."""
    found: dict[str, Any] = {}
    shape = target.shape
    kind = shape.cells or shape.kind
    if Kind.SLIDER in (kind, shape.cells):
        found |= _slider(mapping(target.question.get("Configuration")))
    elif kind is Kind.NUMERIC or (kind is Kind.FORM and content_type(target.question)):
        found |= _number(target.question)
    if kind in (Kind.MULTI, Kind.RANKING):
        found |= _choose(target.question, len(target.codes))
    if kind is Kind.CONSTANT_SUM:
        found |= _total(reading, target)
    constraint = _constraint(reading, target)
    if constraint and target.rows:
        why = "what the answer has to meet cannot be checked row by row"
        reading.note(target.id, "validation", why, settings_of(target.question))
    elif constraint:
        found["constraint"] = constraint
    _note_others(reading, target)
    return found


def _slider(configuration: Json) -> dict[str, Any]:
    stars = number(configuration.get("StarCount"))
    low = number(configuration.get("CSSliderMin"))
    high = number(configuration.get("CSSliderMax"))
    low, high = (0.0 if low is None else low), (stars or 100.0 if high is None else high)
    if low > high:
        low, high = high, low
    decimals = whole(configuration.get("NumDecimals"))
    found: dict[str, Any] = {"minimum": low, "maximum": high}
    if decimals is not None and decimals <= 6:
        found["step"] = 10.0**-decimals
    grid = number(configuration.get("GridLines"))
    if text(configuration.get("SnapToGrid")) == "true" and grid and grid > 0 and high > low:
        found["step"] = (high - low) / grid
    return found


def _number(question: Json) -> dict[str, Any]:
    bounds = mapping(settings_of(question).get("ValidNumber"))
    configuration = mapping(question.get("Configuration"))
    low, high = number(bounds.get("Min")), number(bounds.get("Max"))
    if text(question.get("QuestionType")) == "CS":
        low = number(configuration.get("CSSliderMin")) if low is None else low
        high = number(configuration.get("CSSliderMax")) if high is None else high
    found: dict[str, Any] = {"minimum": low, "maximum": high}
    decimals = whole(bounds.get("NumDecimals"))
    if text(bounds.get("NumDecimals")) and decimals is not None and decimals <= 6:
        found["step"] = 10.0**-decimals
    return found


def _choose(question: Json, many: int) -> dict[str, Any]:
    settings = settings_of(question)
    kind = text(settings.get("Type"))
    has_least, has_most = _CHOOSE.get(kind, (False, False))
    exact = whole(settings.get("ExactChoices")) if kind in ("ExactChoices", "Exact") else None
    least = exact or (whole(settings.get("MinChoices")) if has_least else None)
    most = exact or (whole(settings.get("MaxChoices")) if has_most else None)
    if least is None and most is None:
        return {}
    most = max(1, min(many if most is None else most, many))
    least = min(int(required(question)) if least is None else least, most)
    return {"choose": (least, most)}


def _total(reading: Reading, target: Target) -> dict[str, Any]:
    written = total_of(target.question)
    total = number(written)
    if total is None and written:
        why = "the total is no number, so 100 has to be reached"
        reading.note(target.id, "validation", why, settings_of(target.question))
    return {"total": 100.0 if total is None else total}


def _constraint(reading: Reading, target: Target) -> str | None:
    settings = settings_of(target.question)
    kind = text(settings.get("Type"))
    if kind == "CustomValidation":
        logic = mapping(settings.get("CustomValidation")).get("Logic")
        return condition(reading, logic, target.id, "custom validation")
    answer = Reference(item=target.id)
    if kind in _LENGTHS:
        length = Call(function="length", arguments=(answer,))
        texts = [
            condition_text(
                Comparison.model_validate(
                    {"operator": operator, "left": length, "right": Constant(constant=float(bound))}
                )
            )
            for name, operator in _LENGTHS[kind]
            if (bound := whole(settings.get(name))) is not None
        ]
        return " and ".join(texts) or None
    pattern = _pattern(settings) if kind == "ContentType" else ""
    if not pattern:
        return None
    matches: Expression = Call(function="matches", arguments=(answer, Constant(constant=pattern)))
    return condition_text(matches)


def _pattern(settings: Json) -> str:
    demanded = text(settings.get("ContentType"))
    if demanded in ("ValidZip", "ValidPhone"):
        demanded = text(settings.get(f"{demanded}Type")) or demanded
    return _PATTERNS.get(demanded, "")


def _note_others(reading: Reading, target: Target) -> None:
    """Report demands that nothing here stands for."""
    settings = settings_of(target.question)
    kind, demanded = text(settings.get("Type")), text(settings.get("ContentType"))
    known = kind in _ORDINARY or kind in _LENGTHS or kind in _CHOOSE or "Exact" in kind
    if kind == "ContentType":
        known = demanded in ("ValidNumber", "ValidDate", "") or bool(_pattern(settings))
    if not known:
        reading.note(target.id, "validation", f"{demanded or kind} is not checked", settings)
    if settings.get("CustomValidation") and kind != "CustomValidation":
        why = "it is switched off in the file"
        reading.note(target.id, "custom validation", why, settings["CustomValidation"])
