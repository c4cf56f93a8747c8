"""What happens in a SurveyJS survey once something is answered: ends, set fields and skips."""

import json
from collections.abc import Callable
from typing import Any

from simulacra.domain.flow import End, SetField
from simulacra.domain.survey import Kind
from simulacra.survey.formats.draft import Draft
from simulacra.survey.formats.surveyjs.names import Element, SurveyNames
from simulacra.survey.formats.surveyjs.texts import Texts
from simulacra.survey.formats.surveyjs.way import Way, skipped
from simulacra.survey.formats.trees import Untranslatable


class Triggers:
    """Puts triggers where they belong; ``logic`` reads a condition, or tells that it cannot."""

    def __init__(
        self,
        draft: Draft,
        names: SurveyNames,
        texts: Texts,
        way: Way,
        logic: Callable[[str, str, Any], str | None],
    ) -> None:
        self._draft, self._names, self._texts, self._way = draft, names, texts, way
        self._logic = logic

    def take(self, trigger: Element) -> None:
        """A trigger; one without counterpart is told."""
        kind = str(trigger.get("type", "")).removesuffix("trigger")
        written = trigger.get("expression") or _older(trigger)
        condition = self._logic("", f"trigger {kind}", written)
        try:
            taken = condition is not None and self._taken(kind, trigger, condition)
        except Untranslatable as error:
            self._draft.tell("", f"trigger {kind}", str(error), trigger)
            return
        if not taken:
            self._draft.tell("", f"trigger {kind}", "there is no counterpart", trigger)

    def _taken(self, kind: str, trigger: Element, condition: str) -> bool:
        if kind == "complete":
            self._way.after(End(), condition)
            return True
        if kind == "setvalue" and not trigger.get("isVariable"):
            return self._set(trigger, condition)
        if kind == "skip":
            to = self._names.id_of(str(trigger.get("gotoName")))
            return skipped(self._draft.items, self._way.blocks, condition, to)
        return False

    def _set(self, trigger: Element, condition: str) -> bool:
        """Whether it sets a field, and not the answer to a question."""
        own = self._names.id_of(str(trigger.get("setToName")))
        found = [item for item in self._draft.items if item.id == own]
        if any(item.kind != Kind.FIELD for item in found):
            return False
        if not found:
            self._draft.add(str(trigger["setToName"]), kind=Kind.FIELD)
        value = trigger.get("setValue")
        text = value if isinstance(value, str) else json.dumps(value)
        self._way.after(SetField(field=own, text=self._texts.piped(text)), condition)
        return True


def _older(trigger: Element) -> str | None:
    """The expression of a trigger that says a name, an operator and a value."""
    name, sign = trigger.get("name"), trigger.get("operator", "equal")
    if not name:
        return None
    if sign in ("empty", "notempty"):
        return f"{{{name}}} {sign}"
    value = trigger.get("value")
    return f"{{{name}}} {sign} {json.dumps(value)}"
