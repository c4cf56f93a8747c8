"""SurveyJS survey definitions become instruments.

Pages become blocks, dynamic panels and matrices loops; panels lend their conditions to their
questions. Calculated values and expressions become fields, set once what they look at is answered;
triggers become ends, set fields and skips. Properties without a place are reported, one entry a
property, and kept in ``extra["surveyjs"]``.
"""

from collections import defaultdict
from pathlib import Path
from typing import Any

from simulacra.domain.flow import SetField
from simulacra.domain.survey import Instrument, Kind
from simulacra.errors import InputError
from simulacra.survey.expression import Reference
from simulacra.survey.formats.draft import Draft
from simulacra.survey.formats.rounds import MOST, fixed_rounds, open_rounds
from simulacra.survey.formats.surveyjs.expressions import Names, compile_surveyjs
from simulacra.survey.formats.surveyjs.names import PARTS, Element, SurveyNames, elements_of
from simulacra.survey.formats.surveyjs.questions import PLAIN_TYPES, rows_of, values_of
from simulacra.survey.formats.surveyjs.texts import Texts
from simulacra.survey.formats.surveyjs.triggers import Triggers
from simulacra.survey.formats.surveyjs.validators import checked
from simulacra.survey.formats.surveyjs.way import Way
from simulacra.survey.formats.trees import Untranslatable, conjunction
from simulacra.survey.report import ReportEntry
from simulacra.survey.writing import condition_text

_SURVEY = frozenset(("title", "pages", "triggers", "calculatedValues", "locale", *PARTS))
_PAGE = frozenset(("name", "title", "visibleIf", "questionOrder", "questionsOrder", "type", *PARTS))
_ALWAYS = frozenset(("name", "title", "description", "visibleIf", "enableIf", "isRequired",
                     "visible", "validators"))  # fmt: skip
_SILENT = frozenset(("type", "texts"))


def is_surveyjs(data: Any) -> bool:
    """Whether a JSON document is a SurveyJS survey."""
    if not isinstance(data, dict) or "items" in data:
        return False
    return any(isinstance(data.get(name), list) for name in ("pages", "elements", "questions"))


def read_surveyjs(
    data: Element, path: Path
) -> tuple[Instrument, list[ReportEntry], dict[str, int]]:
    """Instrument and report; there are no line numbers.

    Raises InputError for a document of the wrong shape.
    """
    try:
        reader = _Reader(data, path)
        instrument = reader.whole()
    except RecursionError as error:
        raise InputError("the survey is nested too deeply", path=path) from error
    except (TypeError, ValueError, AttributeError, KeyError, OverflowError) as error:
        message = "a field of the survey is of the wrong kind: check it against SurveyJS's schema"
        raise InputError(message, path=path) from error
    return instrument, reader.draft.report, {}


class _Reader:
    def __init__(self, data: Element, path: Path) -> None:
        self.data, self.draft, self.way = data, Draft(path), Way()
        self.names = SurveyNames(data, self.draft)
        self.language = str(data.get("locale") or "en")
        self.texts = Texts(self.language, self.names.known)
        self.kept: dict[str, Any] = {}
        self._pages: dict[str, Element] = {}
        self._fields: list[tuple[str, str]] = []
        self._unasked: list[Element] = []

    def tell(self, question: str, what: str, why: str, kept: Any = None) -> None:
        """A finding."""
        self.draft.tell(question, what, why, kept)

    def logic(self, question: str, what: str, text: Any) -> str | None:
        """A condition of ours; None without one, and where it has no counterpart, which is told."""
        if not isinstance(text, str) or not text.strip():
            return None
        names = Names(self.names.id_of, self.names.kinds, question)
        try:
            return condition_text(compile_surveyjs(text, names))
        except Untranslatable as error:
            self.tell(question, what, str(error), text)
            return None

    def whole(self) -> Instrument:
        """The instrument."""
        for one in self.data.get("calculatedValues") or []:
            self.draft.id_of(str(one["name"]))
        for one in self.data.get("triggers") or []:
            if one.get("setToName"):
                self.draft.id_of(self.names.key(str(one["setToName"])))
        pages = [page for page in self.data.get("pages") or [] if isinstance(page, dict)]
        loose = elements_of(self.data)
        for at, page in enumerate([*pages, *([{"elements": loose}] if loose else [])], start=1):
            self._page(page, f"page{at}")
        self._calculations()
        triggers = Triggers(self.draft, self.names, self.texts, self.way, self.logic)
        for trigger in self.data.get("triggers") or []:
            triggers.take(trigger)
        flow = self.way.flow()
        plain = not pages and not flow and not any(block.loop for block in self.way.blocks)
        survey = {name: value for name, value in self.data.items() if name not in _SURVEY}
        if isinstance(self.data.get("title"), dict):
            survey["title"] = self.data["title"]
        kept: Element = {"survey": survey, "pages": self._pages, "items": self.kept}
        kept["unasked"] = self._unasked
        extra = {name: value for name, value in kept.items() if value}
        self._tell_properties(survey)
        return self.draft.instrument(
            [] if plain else self.way.blocks,
            flow,
            {"surveyjs": extra} if extra else {},
            id=self.draft.path.stem,
            title=self.texts.of(self.data.get("title")),
            language=self.language,
        )

    def _page(self, page: Element, instead: str) -> None:
        name = str(page.get("name") or instead)
        condition = self.logic("", f"page {name}", page.get("visibleIf"))
        random = page.get("questionOrder", page.get("questionsOrder")) == "random"
        self.way.begin(name, self.texts.of(page.get("title")), condition, shuffle=random)
        rest = {n: v for n, v in page.items() if n not in _PAGE}
        if isinstance(page.get("title"), dict):
            rest["title"] = page["title"]
        if rest:
            self._pages[name] = rest
        self._elements(page, None)
        self.way.end()

    def _elements(self, holder: Element, condition: str | None) -> None:
        for element in elements_of(holder):
            kind = element.get("type")
            if kind in ("panel", "flowpanel"):
                self._panel(element, condition)
            elif kind in ("paneldynamic", "matrixdynamic"):
                self._loop(element, condition)
            elif kind == "matrixdropdown":
                self._cells(element, condition)
            else:
                self._place(element, condition)

    def _panel(self, element: Element, condition: str | None) -> None:
        name = str(element.get("name", ""))
        own = self.logic("", f"panel {name}", element.get("visibleIf"))
        never = "false" if element.get("visible") is False and not own else None
        rest = {n: v for n, v in element.items() if n not in ("type", "name", "visibleIf", *PARTS)}
        if rest:
            why = "a panel only lends its condition to its questions"
            self.tell("", f"panel {name}", why, rest)
        self._elements(element, conjunction(condition, own, never))

    def _place(self, element: Element, condition: str | None) -> str | None:
        own = self._question(element, condition)
        if own:
            self.way.place(own)
        return own

    def _question(self, element: Element, condition: str | None) -> str | None:
        """Add a question; its id, unless it is a field or nobody can be asked."""
        name = self.names.key(str(element.get("name") or f"question{len(self.draft.items) + 1}"))
        own, kind = self.draft.id_of(name), str(element.get("type"))
        if kind == "expression":
            self._fields.append((name, str(element.get("expression", ""))))
            shown = {n: v for n, v in element.items() if n not in ("type", "name", "expression")}
            if shown:
                self.tell(own, "expression", "it is worked out and not shown", shown)
            return None
        used = set(_ALWAYS)
        values = values_of(self, own, element, used)
        if values is None:
            self.draft.leave_out(name, f"type {kind}", "nobody here can answer it", element)
            self._unasked.append(element)
            return None
        base = {"text": self.texts.of(element.get("title")) or name, "required": False}
        base["help"] = self.texts.of(element.get("description"))
        base["required"] = element.get("isRequired") is True
        if values["kind"] == Kind.INFO:
            del base["required"]
        whole = {**base, **values, "condition": self._condition(element, own, condition)}
        whole |= checked(self, own, element, whole, used)
        self.draft.add(name, **whole)
        self._keep(element, own, used)
        return own

    def _condition(self, element: Element, own: str, outer: str | None) -> str | None:
        visible = self.logic(own, "visibleIf", element.get("visibleIf"))
        enabled = self.logic(own, "enableIf", element.get("enableIf"))
        if enabled:
            self.tell(own, "enableIf", "what is disabled is not asked", element["enableIf"])
        never = "false" if element.get("visible") is False and not visible else None
        return conjunction(outer, visible, enabled, never)

    def _keep(self, element: Element, own: str, used: set[str]) -> None:
        if element.get("type") in PLAIN_TYPES or element.get("type") in ("boolean", "imagemap"):
            used.add("type")
        rest = {name: value for name, value in element.items() if name not in used}
        for name in ("title", "description"):
            if name in element and not self.texts.lossless(element[name]):
                rest[name] = element[name]
        if rest:
            self.kept.setdefault(own, {}).update(rest)

    def _loop(self, element: Element, condition: str | None) -> None:
        name = str(element.get("name", "panel"))
        self.names.scope = name
        inner = elements_of(element)
        if element.get("type") == "matrixdynamic":
            inner = [_column(element, one) for one in element.get("columns") or []]
        outer = conjunction(condition, self.logic("", f"panel {name}", element.get("visibleIf")))
        before = len(self.draft.items)
        for one in inner:
            if one.get("type") in ("panel", "paneldynamic", "matrixdynamic", "matrixdropdown"):
                self.tell("", f"panel {name}", "what is nested in it is not read", one)
            else:
                self._question(one, outer)
        items = [item.id for item in self.draft.items[before:]]
        title = self.texts.of(element.get("title"))
        if items:
            self.way.loop(name, title, items, self._rounds(element, name))
        self.names.scope = ""
        rest = {n: v for n, v in element.items() if n not in _LOOP}
        if rest:
            self.tell("", f"panel {name}", "these properties play no part", rest)

    def _rounds(self, element: Element, name: str) -> Any:
        counted = (element.get("bindings") or {}).get("panelCount")
        if counted:
            return open_rounds(Reference(item=self.names.id_of(str(counted))))
        names = ("panelCount", "rowCount", "minPanelCount", "minRowCount")
        many = next((element[one] for one in names if element.get(one)), None)
        if not isinstance(many, int | float):
            why = "how often it is filled in is left to the respondent: it is asked once"
            self.tell("", f"panel {name}", why)
            many = 1
        elif many > MOST:
            self.tell("", f"panel {name}", f"it is gone through {MOST} times", many)
        return fixed_rounds(int(many))

    def _cells(self, element: Element, condition: str | None) -> None:
        """A matrix of several columns is one matrix a column."""
        name = str(element.get("name"))
        own = self.draft.id_of(self.names.key(name))
        rows = rows_of(self, own, element.get("rows"))
        for column in element.get("columns") or []:
            one = _column(element, column)
            part, used = f"{own}_{one['name']}", set(_ALWAYS)
            values = values_of(self, self.draft.id_of(part), one, used)
            if values is None or not rows:
                self.tell(own, f"column {one['name']}", "nobody here can answer it", column)
                continue
            text = " – ".join(self.texts.of(x.get("title")) or x["name"] for x in (element, one))
            shown = self._condition(element, own, condition)
            self.draft.add(part, text=text, source=name, kind=Kind.MATRIX, rows=rows,
                           cells=values.pop("kind"), condition=shown,
                           required=one.get("isRequired") is True, **values)  # fmt: skip
            self.way.place(self.draft.id_of(part))
        rest = {n: v for n, v in element.items() if n not in _MATRIX}
        if rest:
            self.tell(own, "matrixdropdown", "these properties play no part", rest)

    def _calculations(self) -> None:
        given = [
            (str(one["name"]), str(one.get("expression", "")))
            for one in self.data.get("calculatedValues") or []
        ]
        for name, text in [*self._fields, *given]:
            own = self.draft.id_of(name)
            self.draft.add(name, kind=Kind.FIELD)
            if expression := self.logic(own, "expression", text):
                self.way.after(SetField(field=own, expression=expression), None)

    def _tell_properties(self, survey: Element) -> None:
        """One finding a property that plays no part."""
        found: defaultdict[str, dict[str, Any]] = defaultdict(dict)
        for own, rest in (*self.kept.items(), *self._pages.items()):
            for name, value in rest.items():
                if name not in _SILENT:
                    found[name][own] = value
        why = "it has no place in our instruments; it is kept and plays no part"
        for name, values in found.items():
            self.tell("", f"property {name}", why, values)
        for name, value in survey.items():
            self.tell("", f"setting {name}", why, value)


_LOOP = frozenset(("type", "name", "title", "visibleIf", "templateElements", "columns", "bindings",
                   "panelCount", "rowCount", "choices", "cellType"))  # fmt: skip
_MATRIX = frozenset(("type", "name", "title", "visibleIf", "enableIf", "visible", "columns", "rows",
                     "choices", "cellType"))  # fmt: skip


def _column(element: Element, column: Any) -> Element:
    """A column of a matrix as a question."""
    given = dict(column) if isinstance(column, dict) else {"name": str(column)}
    kind = given.pop("cellType", None) or element.get("cellType") or "dropdown"
    given["type"] = "dropdown" if kind == "default" else kind
    if given["type"] in ("dropdown", "checkbox", "radiogroup", "tagbox"):
        given.setdefault("choices", element.get("choices"))
    return given
