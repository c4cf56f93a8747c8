"""Validators of SurveyJS questions: bounds and constraints."""

from typing import Any

from simulacra.domain.survey import Kind
from simulacra.survey.expression import Call, Comparison, Constant, Expression, Reference
from simulacra.survey.formats.surveyjs.choices import Reads
from simulacra.survey.formats.trees import conjunction
from simulacra.survey.writing import condition_text


def checked(
    reads: Reads, own: str, element: dict[str, Any], values: dict[str, Any], used: set[str]
) -> dict[str, Any]:
    """``minimum``, ``maximum``, ``choose`` and ``constraint``, from a question's validators."""
    found: dict[str, Any] = {}
    constraints: list[str | None] = []
    rest: list[Any] = []
    for one in element.get("validators") or []:
        kind = str(one.get("type", "")).removesuffix("validator")
        if kind == "numeric" and values["kind"].numeric:
            found |= {
                field: float(one[name])
                for name, field in (("minValue", "minimum"), ("maxValue", "maximum"))
                if isinstance(one.get(name), int | float)
            }
        elif kind == "answercount" and values["kind"] in (Kind.MULTI, Kind.RANKING):
            least, most = one.get("minCount") or 0, one.get("maxCount") or len(values["options"])
            found["choose"] = (int(least), max(int(least), int(most), 1))
        elif kind == "expression":
            constraints.append(reads.logic(own, "validator", one.get("expression")))
        elif kind == "regex" and isinstance(one.get("regex"), str):
            pattern = Constant(constant=one["regex"])
            call = Call(function="matches", arguments=(Reference(item=own), pattern))
            constraints.append(condition_text(call))
        elif kind == "text":
            constraints += [condition_text(tree) for tree in _lengths(own, one)]
        else:
            rest.append(one)
    if rest:
        used.discard("validators")
        reads.tell(own, "validator", "it has no counterpart", rest)
    if constraint := conjunction(*constraints):
        found["constraint"] = constraint
    return found


def _lengths(own: str, validator: dict[str, Any]) -> list[Expression]:
    """Fewest and most signs of a text."""
    length = Call(function="length", arguments=(Reference(item=own),))
    least, most = validator.get("minLength"), validator.get("maxLength")
    terms: list[Expression] = []
    if isinstance(least, int | float) and least:
        terms.append(Comparison(operator=">=", left=length, right=Constant(constant=float(least))))
    if isinstance(most, int | float) and most:
        terms.append(Comparison(operator="<=", left=length, right=Constant(constant=float(most))))
    return terms
