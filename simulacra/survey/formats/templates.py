"""A text with pipes as an expression, for tools that work the value of a field out."""

from collections.abc import Mapping

from simulacra.domain.survey import Item, Kind
from simulacra.survey.expression import Constant, Expression, Joined, Reference
from simulacra.survey.formats.trees import Untranslatable
from simulacra.survey.piping import parts_of

_AS_SAID = (Kind.FIELD, Kind.NUMERIC, Kind.SLIDER, Kind.SHORT_TEXT, Kind.LONG_TEXT, Kind.DATE)
_CHOSEN = (Kind.SINGLE, Kind.RATING)


def value_of(template: str, items: Mapping[str, Item]) -> Expression:
    """The value that a template gives.

    Raises Untranslatable for a pipe that shows something else than an answer: a label, a wording.
    """
    parts: list[Expression] = []
    for part in parts_of(template):
        if isinstance(part, str):
            parts.append(Constant(constant=part))
            continue
        item = items.get(part.name)
        plain = item is not None and item.kind in _AS_SAID and not part.how
        coded = item is not None and item.kind in _CHOSEN and part.how == ("code",)
        if not (plain or coded):
            raise Untranslatable(f"the text fills in what is no plain answer: {part.name}")
        parts.append(Reference(item=part.name))
    if len(parts) > 1:
        return Joined(parts=tuple(parts))
    return parts[0] if parts else Constant(constant="")
