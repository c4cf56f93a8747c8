"""What the names of a SurveyJS survey stand for."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from simulacra.domain.survey import Kind
from simulacra.survey.formats.draft import Draft
from simulacra.survey.formats.surveyjs.questions import row_code
from simulacra.survey.formats.trees import Untranslatable

Element = dict[str, Any]
_KINDS = {
    "checkbox": Kind.MULTI, "tagbox": Kind.MULTI, "ranking": Kind.RANKING,
    "text": Kind.SHORT_TEXT, "comment": Kind.LONG_TEXT, "slider": Kind.SLIDER,
    "radiogroup": Kind.SINGLE, "dropdown": Kind.SINGLE, "buttongroup": Kind.SINGLE,
    "boolean": Kind.SINGLE, "rating": Kind.RATING, "expression": Kind.FIELD,
}  # fmt: skip
PARTS = ("elements", "templateElements", "questions")
MOST_DEEP = 60


def elements_of(holder: Element) -> list[Element]:
    """The questions and panels right in a page, a panel or the survey."""
    listed = [one for name in PARTS for one in holder.get(name) or []]
    return [one for one in listed if isinstance(one, dict)]


class SurveyNames:
    """Ids by name; inside a dynamic panel a name that the survey has twice is prefixed by it."""

    def __init__(self, survey: Element, draft: Draft) -> None:
        self.scope = ""
        self.kinds: dict[str, Kind] = {}
        self.types: dict[str, str] = {}
        self._draft = draft
        found = list(_named(survey, "", 0))
        many = Counter(name for name, _, _ in found)
        self._keys = {
            (scope, name): f"{scope}.{name}" if scope and many[name] > 1 else name
            for name, scope, _ in found
        }
        draft.claim(list(dict.fromkeys(self._keys.values())))
        for name, scope, kind in found:
            own = draft.id_of(self._keys[scope, name])
            self.types[own] = kind
            if kind in _KINDS:
                self.kinds[own] = _KINDS[kind]

    def key(self, name: str) -> str:
        """How the draft knows the question ``name`` where we are."""
        return self._keys.get((self.scope, name), self._keys.get(("", name), name))

    def known(self, name: str) -> str | None:
        """The id that a name in a text stands for; None where it is no question."""
        inner = name.removeprefix("panel.")
        key = self._keys.get((self.scope, inner)) if self.scope else None
        key = key or self._keys.get(("", name))
        if key is not None:
            return self._draft.id_of(key)
        head, _, tail = name.partition(".")
        if tail and ("", head) in self._keys:
            own = self._draft.id_of(self._keys["", head])
            return self._part(own, tail)
        return self._draft.id_of(name) if self._draft.knows(name) else None

    def _part(self, own: str, tail: str) -> str | None:
        """The id of a row, or of a cell, of the matrix or form with the id ``own``."""
        if self.types[own] in ("matrix", "multipletext"):
            return f"{own}_{row_code(tail)}"
        row, _, column = tail.partition(".")
        if self.types[own] == "matrixdropdown" and column:
            return f"{self._draft.id_of(f'{own}_{column}')}_{row_code(row)}"
        return None

    def id_of(self, name: str) -> str:
        """The id that a name in an expression stands for."""
        if (found := self.known(name)) is not None:
            return found
        if any(sign in name for sign in "[]$") or name.startswith(("row.", "panel.", "item")):
            raise Untranslatable(f"there is no counterpart of {{{name}}}")
        return self._draft.id_of(name)


def _named(holder: Element, scope: str, depth: int) -> Iterator[tuple[str, str, str]]:
    """Name, dynamic panel and type of every question; pages and panels are none."""
    if depth > MOST_DEEP:
        raise RecursionError
    for page in holder.get("pages") or []:
        if isinstance(page, dict):
            yield from _named(page, scope, depth + 1)
    for element in elements_of(holder):
        name, kind = str(element.get("name", "")), str(element.get("type", ""))
        if kind not in ("panel", "flowpanel") and name:
            yield name, scope, kind
        inner = scope or (name if kind == "paneldynamic" else "")
        yield from _named(element, inner, depth + 1)
        if kind == "matrixdynamic" and not scope:
            for column in element.get("columns") or []:
                if isinstance(column, dict) and column.get("name"):
                    yield str(column["name"]), name, str(column.get("cellType", "dropdown"))
