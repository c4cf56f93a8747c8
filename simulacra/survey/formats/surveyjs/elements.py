"""Items as the questions of a SurveyJS survey."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from simulacra.domain.survey import Instrument, Item, Kind, Option, Row
from simulacra.survey.condition import parse_condition
from simulacra.survey.expression import Call, Constant, Reference
from simulacra.survey.formats.draft import name_of
from simulacra.survey.formats.markup import marked
from simulacra.survey.formats.surveyjs.choices import ADDED, TEXTS
from simulacra.survey.formats.surveyjs.expressions import SurveyJs
from simulacra.survey.formats.surveyjs.texts import Texts
from simulacra.survey.formats.trees import Untranslatable
from simulacra.survey.piping import Pipe, replaced
from simulacra.survey.report import ReportEntry
from simulacra.survey.writing import constant_text

Element = dict[str, Any]
_TYPES = {
    Kind.SINGLE: "radiogroup", Kind.MULTI: "checkbox", Kind.RATING: "rating",
    Kind.SLIDER: "slider", Kind.NUMERIC: "text", Kind.SHORT_TEXT: "text", Kind.DATE: "text",
    Kind.LONG_TEXT: "comment", Kind.FORM: "multipletext", Kind.RANKING: "ranking",
    Kind.CONSTANT_SUM: "multipletext", Kind.INFO: "html", Kind.MATRIX: "matrix",
}  # fmt: skip
_LIKE = {"dropdown": Kind.SINGLE, "buttongroup": Kind.SINGLE, "tagbox": Kind.MULTI}
_INPUTS = {Kind.NUMERIC: "number", Kind.DATE: "date"}
_CELLS = (Kind.SINGLE, Kind.MULTI, Kind.RATING)


class Elements:
    """Turns items into questions."""

    def __init__(self, instrument: Instrument) -> None:
        self.told: list[ReportEntry] = []
        kept = instrument.extra.get("surveyjs")
        self.kept: dict[str, Any] = kept if isinstance(kept, dict) else {}
        self._names = {item.id: name_of(item) for item in instrument.items}
        by_name = {name: own for own, name in self._names.items()}
        self.texts = Texts(instrument.language, by_name.get)
        for item in instrument.items:
            for row in item.rows:
                self._names.setdefault(
                    f"{item.id}_{row.code}", f"{self._names[item.id]}.{row.code}"
                )
        self.local: dict[str, str] = {}
        self._kinds = {item.id: item.kind for item in instrument.items}

    def name(self, item: str) -> str:
        """What the survey calls an item; inside a dynamic panel its own are called ``panel.x``."""
        if item in self.local:
            return f"panel.{self.local[item]}"
        return self._names.get(item, item)

    def tell(self, question: str, what: str, why: str, kept: Any = None) -> None:
        """Report what SurveyJS cannot say."""
        self.told.append(ReportEntry(question=question, what=what, why=why, kept=kept))

    def logic(self, question: str, what: str, condition: str | None) -> str:
        """A condition in SurveyJS; empty without one, and where that is told to be impossible."""
        if not condition or not condition.strip():
            return ""
        try:
            return SurveyJs(self.name, self._kinds).condition(condition)
        except Untranslatable as error:
            self.tell(question, what, f"SurveyJS cannot say it: {error}", condition)
            return ""

    def worded(self, raw: Any, text: str) -> Any:
        """A text; the raw one that it was read from, where it still says the same."""
        if raw is not None and self.texts.of(raw) == text:
            return raw
        return marked(self.piped(text))

    def piped(self, text: str) -> str:
        """A text with SurveyJS's pipes."""

        def named(pipe: Pipe) -> str:
            return f"{{{self.name(pipe.name)}}}"

        return replaced(text, named).replace("$${", "${")

    def item(self, item: Item) -> Element:
        """The question of an item."""
        kept: Element = self.kept.get("items", {}).get(item.id, {})
        element: Element = {
            "type": _TYPES[item.kind],
            "name": self.local.get(item.id) or self._names[item.id],
        }
        if item.kind == Kind.INFO:
            element["html"] = self.worded(kept.get("html"), item.text)
        else:
            element["title"] = self.worded(kept.get("title"), item.text)
        if item.help:
            element["description"] = self.worded(kept.get("description"), item.help)
        if item.required and item.kind != Kind.INFO:
            element["isRequired"] = True
        if visible := self.logic(item.id, "condition", item.condition):
            element["visibleIf"] = visible
        element |= _BUILT.get(item.kind, _nothing)(self, item)
        if validators := self._validators(item):
            element["validators"] = validators
        for name, value in kept.items():
            if name not in (*element, "type", "texts", "html", "title", "description"):
                element[name] = value
        elsewhere = item.kind == Kind.SHORT_TEXT and "choicesByUrl" in kept
        if _LIKE.get(kept.get("type", "")) == item.kind or (elsewhere and "type" in kept):
            element["type"] = kept["type"]
        return element

    def _validators(self, item: Item) -> list[Element]:
        if not item.constraint or not item.constraint.strip():
            return []
        tree = parse_condition(item.constraint)
        if isinstance(tree, Call) and tree.function == "matches":
            value, pattern = tree.arguments
            if value == Reference(item=item.id) and isinstance(pattern, Constant):
                return [{"type": "regex", "regex": str(pattern.constant)}]
        text = self.logic(item.id, "constraint", item.constraint)
        return [{"type": "expression", "expression": text}] if text else []

    def choices(self, item: Item, options: tuple[Option, ...]) -> list[Any]:
        """Options as values with texts."""
        texts = self.kept.get("items", {}).get(item.id, {}).get("texts", {})
        return [self._choice(item, option, texts.get(option.code)) for option in options]

    def _choice(self, item: Item, option: Option, raw: Any) -> Any:
        choice: Element = {"value": option.code}
        if option.label != option.code or raw is not None:
            choice["text"] = self.worded(raw, option.label)
        if visible := self.logic(item.id, "options", option.condition):
            choice["visibleIf"] = visible
        choice |= {"isExclusive": True} if option.exclusive else {}
        choice |= {"randomize": False} if option.fixed else {}
        choice |= {"showCommentArea": True} if option.text_entry else {}
        return choice if len(choice) > 1 else option.code

    def rows(self, item: Item, rows: tuple[Row, ...]) -> list[Any]:
        """Rows of a matrix."""
        found: list[Any] = []
        for row in rows:
            one: Element = {"value": row.code, "text": marked(self.piped(row.label))}
            if visible := self.logic(item.id, "rows", row.condition):
                one["visibleIf"] = visible
            found.append(one)
        return found


def _nothing(elements: Elements, item: Item) -> Element:  # noqa: ARG001
    return {}


def _chosen(elements: Elements, item: Item) -> Element:
    options = list(item.options)
    element: Element = {}
    for name, _, text, code, what in reversed(ADDED):
        plain_one = Option(code=code, label=options[-1].label, **what) if options else None
        if options and options[-1] == plain_one:
            element[name] = True
            if options[-1].label != TEXTS[code]:
                element[text] = marked(elements.piped(options[-1].label))
            options.pop()
    whole: Element = {"choices": elements.choices(item, tuple(options)), **element}
    if item.shuffle:
        whole["choicesOrder"] = "random"
    if item.choose and item.kind != Kind.SINGLE:
        least, most = item.choose
        whole |= {"minSelectedChoices": least, "maxSelectedChoices": most}
    return whole


def _rating(elements: Elements, item: Item) -> Element:
    values = elements.choices(item, item.options)
    return {"rateValues": [one if isinstance(one, dict) else {"value": one} for one in values]}


def _matrix(elements: Elements, item: Item) -> Element:
    if item.cells not in _CELLS:
        return {"type": "multipletext", **_form(elements, item)}
    columns = [
        one if isinstance(one, dict) else {"value": one, "text": one}
        for one in elements.choices(item, item.options)
    ]
    element: Element = {"columns": columns, "rows": elements.rows(item, item.rows)}
    element |= {"cellType": "checkbox"} if item.cells == Kind.MULTI else {}
    return element | ({"rowOrder": "random"} if item.shuffle_rows else {})


def _form(elements: Elements, item: Item) -> Element:
    items: list[Element] = []
    for row in item.rows:
        one: Element = {"name": row.code, "title": marked(elements.piped(row.label))}
        kind = row.kind or item.cells
        items.append(one | ({"inputType": _INPUTS[kind]} if kind in _INPUTS else {}))
    return {"items": items}


def _sum(elements: Elements, item: Item) -> Element:
    why = "SurveyJS asks for the shares as numbers and does not check their sum"
    elements.tell(item.id, "kind", why, item.total)
    return {
        "items": [
            {"name": option.code, "title": marked(option.label or option.code),
             "inputType": "number"}
            for option in item.options
        ]
    }  # fmt: skip


def _number(elements: Elements, item: Item) -> Element:  # noqa: ARG001
    bounds = {"min": item.minimum, "max": item.maximum}
    element: Element = {n: constant_text(v) for n, v in bounds.items() if v is not None}
    return {"inputType": "number", **element} | ({"step": item.step} if item.step else {})


def _date(elements: Elements, item: Item) -> Element:
    element: Element = {"inputType": "date"}
    for name, days in (("min", item.minimum), ("max", item.maximum)):
        if days is not None:
            try:
                element[name] = (date(1970, 1, 1) + timedelta(days=days)).isoformat()
            except OverflowError:
                elements.tell(item.id, f"{name}imum", "there is no such day", days)
    return element


def _slider(elements: Elements, item: Item) -> Element:  # noqa: ARG001
    bounds = {"min": item.minimum, "max": item.maximum, "step": item.step}
    return {name: value for name, value in bounds.items() if value is not None}


_BUILT: dict[Kind, Callable[[Elements, Item], Element]] = {
    Kind.SINGLE: _chosen, Kind.MULTI: _chosen, Kind.RANKING: _chosen, Kind.RATING: _rating,
    Kind.MATRIX: _matrix, Kind.FORM: _form, Kind.CONSTANT_SUM: _sum, Kind.NUMERIC: _number,
    Kind.DATE: _date, Kind.SLIDER: _slider,
}  # fmt: skip
