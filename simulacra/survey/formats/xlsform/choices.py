"""The choices of an XLSForm, and what its filters mean for each of them."""

from collections import defaultdict
from typing import Any

from simulacra.domain.survey import Kind, Option
from simulacra.survey.expression import Constant, Expression
from simulacra.survey.formats.draft import Draft
from simulacra.survey.formats.trees import Untranslatable, any_of
from simulacra.survey.formats.xlsform.labels import Labels
from simulacra.survey.formats.xlsform.sheets import Form, Line
from simulacra.survey.formats.xlsform.types import Select
from simulacra.survey.formats.xlsform.xpath import compile_xpath, with_columns
from simulacra.survey.writing import condition_text

OTHER = Option(code="other", label="Other", text_entry=True)
_SHOWN = frozenset(("likert",))


class Choices:
    """Reads the options of questions."""

    def __init__(self, form: Form, draft: Draft, labels: Labels) -> None:
        self._form, self._draft, self._labels = form, draft, labels
        self._lists: defaultdict[str, list[Line]] = defaultdict(list)
        self._kept: dict[str, dict[str, str]] = {}
        for line in form.choices:
            if line["list_name"] and line["name"]:
                self._lists[line["list_name"]].append(line)
            else:
                why = "a choice needs the name of its list and its own"
                draft.tell("", f"row {line.number} of choices", why, line.cells)

    def taken(self) -> dict[str, dict[str, str]]:
        """Cells that nothing was made of, by code, since this was last asked."""
        kept, self._kept = self._kept, {}
        return kept

    def plain(self, name: str) -> list[Option]:
        """The options of a list, without any filter."""
        return [self._option(line, set()) for line in self._lists[name]]

    def agreed(self) -> dict[str, Any]:
        """What a question has that is only to be confirmed."""
        return {"kind": Kind.SINGLE, "options": (Option(code="OK", label="OK"),)}

    def of(self, line: Line, own: str, select: Select, used: set[str]) -> dict[str, Any]:
        """Kind, options and order of a question with choices."""
        lines = self._lists.get(select.choices)
        if not lines:
            why = "there are no choices of this list: it is asked in words"
            self._draft.tell(own, "type", why, line["type"])
            return {"kind": Kind.SHORT_TEXT}
        kind = select.kind
        shown = line["appearance"].lower()
        if shown in _SHOWN and kind == Kind.SINGLE:
            kind = Kind.RATING
            used.add("appearance")
        tree = self._filter(line, own, lines, used)
        options = self._filtered(own, lines, tree)
        if select.other and "other" not in {option.code for option in options}:
            options.append(OTHER)
        random = line["parameters"].replace(" ", "").lower() == "randomize=true"
        if random:
            used.add("parameters")
        shuffle = random or "randomize=true" in line["parameters"].replace(" ", "").lower()
        return {"kind": kind, "options": tuple(options), "shuffle": shuffle}

    def _filter(self, line: Line, own: str, lines: list[Line], used: set[str]) -> Expression | None:
        used.add("choice_filter")
        text = line["choice_filter"]
        if not text:
            return None
        columns = frozenset(name for one in lines for name in one.cells)
        try:
            tree = compile_xpath(text, self._draft.id_of, own=own, columns=columns)
            for one in lines:
                with_columns(tree, {name: one[name] for name in columns})
            return tree
        except Untranslatable as error:
            used.discard("choice_filter")
            self._draft.tell(own, "choice_filter", f"{error}: all options are shown", text)
            return None

    def _filtered(self, own: str, lines: list[Line], tree: Expression | None) -> list[Option]:
        """The options, each with the condition that the filter means for it."""
        conditions: dict[str, list[Expression]] = {}
        options: dict[str, Option] = {}
        names = {name for line in lines for name in line.cells}
        in_filter = set()
        if tree is not None:
            in_filter = {name for name in names if with_columns(tree, {name: "\0"}) != tree}
        for line in lines:
            values = {name: line[name] for name in names}
            holds: Expression = Constant(constant=True)
            if tree is not None:
                holds = with_columns(tree, values)
            if holds == Constant(constant=False):
                why = "the filter never shows it"
                self._draft.tell(own, f"option {line['name']}", why, line.cells)
                continue
            option = self._option(line, in_filter)
            first = options.setdefault(option.code, option)
            if first.label != option.label:
                why = "another choice of this name has another label; the first one counts"
                self._draft.tell(own, f"option {option.code}", why, option.label)
            conditions.setdefault(option.code, []).append(holds)
        if not options:
            why = "the filter shows no option at all: they are all shown"
            self._draft.tell(own, "choice_filter", why)
            return self.plain(lines[0]["list_name"])
        return [_under(option, conditions[code]) for code, option in options.items()]

    def _option(self, line: Line, in_filter: set[str]) -> Option:
        used = {"list_name", "name", *in_filter}
        label = self._labels.of(line, "label", used)
        others = self._form.others(line, "label")
        code = line["name"]
        if kept := {name: cell for name, cell in line.cells.items() if cell and name not in used}:
            self._kept[code] = kept
        return Option(code=code, label=label or code, translations=others)


def _under(option: Option, terms: list[Expression]) -> Option:
    """The option, shown where one of the terms holds."""
    if any(isinstance(term, Constant) for term in terms):
        return option
    different = list(dict.fromkeys(map(condition_text, terms)))
    kept = [next(one for one in terms if condition_text(one) == text) for text in different]
    return option.model_copy(update={"condition": condition_text(any_of(kept))})
