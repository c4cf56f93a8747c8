"""Qualtrics surveys for tests: written small by hand, and counted beside what was read of them."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from simulacra.domain.flow import Branch, Randomise, SetField, steps_of
from simulacra.domain.survey import Instrument, Item, Kind
from simulacra.survey.condition import parse_condition
from simulacra.survey.expression import Constant, walk
from simulacra.survey.report import ReportEntry

Json = dict[str, Any]
_PIPE = re.compile(r"\$\{[A-Za-z]+://[^{}]*\}|\$e\{[^{}]*\}")


def question(name: str, kind: str = "MC", selector: str = "SAVR", **more: Any) -> Json:
    """The payload of a question; a choice question has three choices unless told otherwise."""
    payload: Json = {
        "QuestionID": name,
        "QuestionText": f"Text of {name}",
        "DataExportTag": name.replace("QID", "Q"),
        "QuestionType": kind,
        "Selector": selector,
        "Validation": {"Settings": {"ForceResponse": "OFF", "Type": "None"}},
        "Language": [],
    }
    if kind in ("MC", "RO", "CS"):
        payload["Choices"] = {one: {"Display": f"Choice {one}"} for one in ("1", "2", "3")}
        payload["ChoiceOrder"] = ["1", 2, "3"]
    if kind == "Matrix":
        payload["Choices"] = {one: {"Display": f"Row {one}"} for one in ("1", "2")}
        payload["Answers"] = {one: {"Display": f"Answer {one}"} for one in ("1", "2", "3")}
        payload["SubSelector"] = "SingleAnswer"
    return {**payload, **more}


def survey(
    questions: Sequence[Json],
    *,
    blocks: Any = None,
    flow: Sequence[Json] | None = None,
    elements: Sequence[Json] = (),
) -> Json:
    """A whole survey; without blocks all questions stand in one, which the flow shows."""
    ids = [{"Type": "Question", "QuestionID": one["QuestionID"]} for one in questions]
    given = blocks if blocks is not None else [block("BL_1", *ids)]
    nodes = flow if flow is not None else [{"Type": "Block", "ID": "BL_1", "FlowID": "FL_2"}]
    return {
        "SurveyEntry": {"SurveyID": "SV_1", "SurveyName": "A survey", "SurveyLanguage": "EN"},
        "SurveyElements": [
            {"Element": "BL", "PrimaryAttribute": "Survey Blocks", "Payload": given},
            {"Element": "FL", "Payload": {"Type": "Root", "FlowID": "FL_1", "Flow": list(nodes)}},
            *({"Element": "SQ", "Payload": one} for one in questions),
            *elements,
        ],
    }


def block(name: str, *elements: Json | str, **more: Any) -> Json:
    """A block of questions, by id or as elements."""
    found = [
        {"Type": "Question", "QuestionID": one} if isinstance(one, str) else one for one in elements
    ]
    return {"Type": "Standard", "ID": name, "Description": name, "BlockElements": found, **more}


def selected(address: str, operator: str = "Selected", **more: Any) -> Json:
    """A condition on a choice, such as ``QID1/SelectableChoice/2``."""
    return {
        "LogicType": "Question",
        "QuestionID": address.split("/")[0],
        "ChoiceLocator": f"q://{address}",
        "LeftOperand": f"q://{address}",
        "Operator": operator,
        "Type": "Expression",
        **more,
    }


def field(name: str, operator: str, right: str = "", **more: Any) -> Json:
    """A condition on an embedded field."""
    return {
        "LogicType": "EmbeddedField",
        "LeftOperand": name,
        "Operator": operator,
        "RightOperand": right,
        "Type": "Expression",
        **more,
    }


def logic(*groups: Sequence[Json], joined: Sequence[str] = ()) -> Json:
    """A logic tree of groups; conditions after the first say by themselves how they are joined."""
    kinds = ["If", *joined, *["ElseIf"] * len(groups)]
    found: Json = {"Type": "BooleanExpression", "inPage": False}
    for at, group in enumerate(groups):
        found[str(at)] = {**{str(n): leaf for n, leaf in enumerate(group)}, "Type": kinds[at]}
    return found


def write(path: Path, data: Json) -> Path:
    """Write a survey as a file."""
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


class Count(NamedTuple):
    """How many a file holds of something, and how many are mapped and reported."""

    total: int
    mapped: int
    reported: int

    @property
    def lost(self) -> int:
        return self.total - self.mapped - self.reported

    def __add__(self, other: Any) -> "Count":
        return Count(*(a + b for a, b in zip(self, other, strict=True)))


def mapping(value: Any) -> Json:
    if isinstance(value, list):
        return {str(at): one for at, one in enumerate(value)}
    return value if isinstance(value, dict) else {}


class Raw:
    """A file as it stands, read without any of the reader's code."""

    def __init__(self, path: Path) -> None:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
        elements = data["SurveyElements"]
        self.blocks = [
            one
            for element in elements
            if element["Element"] == "BL"
            for one in mapping(element["Payload"]).values()
            if one.get("Type") != "Trash"
        ]
        there = [
            one["QuestionID"]
            for block_ in self.blocks
            for one in block_.get("BlockElements") or []
            if one.get("QuestionID")
        ]
        by_id = {e["Payload"]["QuestionID"]: e["Payload"] for e in elements if e["Element"] == "SQ"}
        self.questions = {one: by_id[one] for one in there if one in by_id}
        root = next((e["Payload"] for e in elements if e["Element"] == "FL"), {})
        self.nodes = list(_nodes(root))

    def of(self, kind: str) -> list[Json]:
        return [node for node in self.nodes if node.get("Type") == kind]


def _nodes(node: Json) -> Iterator[Json]:
    yield node
    for child in mapping(node.get("Flow")).values():
        yield from _nodes(child)


def counts(path: Path, instrument: Instrument, report: Sequence[ReportEntry]) -> dict[str, Count]:
    """What the file holds, what of it is mapped, and what is reported, by construct."""
    raw = Raw(path)
    found: dict[str, Count] = {}
    per_question = {
        "questions": _asked, "choices": _choices, "answers": _answers, "codes": _codes,
        "text entries": _entries, "display logic": _display, "choice logic": _choice_logic,
        "pipes": _pipes, "validation": _validation, "JavaScript": _scripts,
        "randomised choices": _randomised,
    }  # fmt: skip
    for name, counted in per_question.items():
        total = Count(0, 0, 0)
        for qid, payload in raw.questions.items():
            items = [item for item in instrument.items if item.source == qid]
            names = {qid, *(item.id for item in items)}
            entries = [entry for entry in report if entry.question in names]
            total += counted(payload, items, entries)
        found[name] = total
    return found | _of_survey(raw, instrument, report)


def _asked(payload: Json, items: list[Item], entries: list[ReportEntry]) -> Count:
    return Count(1, bool(items), not items and bool(entries))


def _number_of_options(items: list[Item], kind: str) -> tuple[int, int]:
    """How many rows and options the items of a question have, columns of one table once."""
    rows = max((len({row.code.split("_")[0] for row in item.rows}) for item in items), default=0)
    if kind == "SBS":
        return rows, sum(len(item.options) for item in items)
    return rows, max((len(item.options) for item in items), default=0)


def _choices(payload: Json, items: list[Item], entries: list[ReportEntry]) -> Count:
    total = len(mapping(payload.get("Choices")))
    if not items:
        return Count(total, 0, total if entries else 0)
    rows, options = _number_of_options(items, payload["QuestionType"])
    if payload["QuestionType"] in ("Slider", "DB", "DD"):
        return Count(total, total, 0)
    if payload.get("Selector") == "Profile":
        return Count(total, len(items), 0)
    return Count(total, min(total, rows or options), 0)


def _answers(payload: Json, items: list[Item], entries: list[ReportEntry]) -> Count:
    if payload["QuestionType"] == "SBS":
        columns = mapping(payload.get("AdditionalQuestions")).values()
        total = sum(len(mapping(one.get("Answers"))) for one in columns)
        texts = sum(len({row.code.split("_")[1] for row in item.rows}) for item in items
                    if not item.options and item.rows)  # fmt: skip
        return Count(total, min(total, _number_of_options(items, "SBS")[1] + texts), 0)
    answers = mapping(payload.get("Answers"))
    total = len(answers)
    if not items:
        return Count(total, 0, total if entries else 0)
    if payload.get("Selector") in ("Profile", "MaxDiff", "TE") or payload["QuestionType"] == "DD":
        return Count(total, total, 0)
    return Count(total, min(total, len(items[0].options)) if items[0].rows else total, 0)


def _codes(payload: Json, items: list[Item], entries: list[ReportEntry]) -> Count:
    columns = list(mapping(payload.get("AdditionalQuestions")).values())
    total = _recoded(payload, items, entries)
    for column, item in zip(columns, items, strict=False):
        total += _recoded(column, [item], [one for one in entries if one.question == item.id])
    return total


def _recoded(payload: Json, items: list[Item], entries: list[ReportEntry]) -> Count:
    ids = mapping(payload.get("Answers")) or mapping(payload.get("Choices"))
    recode = [str(v) for k, v in mapping(payload.get("RecodeValues")).items() if k in ids]
    codes = {option.code for item in items for option in item.options}
    if not codes:
        return Count(0, 0, 0)
    if any(entry.what == "recode values" for entry in entries):
        return Count(len(recode), 0, len(recode))
    return Count(len(recode), sum(value in codes for value in recode), 0)


def _entries(payload: Json, items: list[Item], entries: list[ReportEntry]) -> Count:
    if not items or payload["QuestionType"] not in ("MC", "Matrix"):
        return Count(0, 0, 0)
    total = sum("TextEntry" in one for one in mapping(payload.get("Choices")).values())
    parts = [*items[0].options, *items[0].rows]
    return Count(total, sum(part.text_entry for part in parts), 0)


def _display(payload: Json, items: list[Item], entries: list[ReportEntry]) -> Count:
    total = sum(bool(payload.get(key)) for key in ("DisplayLogic", "InPageDisplayLogic"))
    reported = sum(entry.what.startswith("display logic") for entry in entries) if total else 0
    reported -= sum(entry.what.startswith("display logic of a choice") for entry in entries)
    if not items:
        return Count(total, 0, total)
    mapped = total if items[0].condition and reported <= 0 else 0
    return Count(total, mapped, min(total - mapped, max(reported, 0)))


def _choice_logic(payload: Json, items: list[Item], entries: list[ReportEntry]) -> Count:
    parts = [*mapping(payload.get("Choices")).values(), *mapping(payload.get("Answers")).values()]
    total = sum(isinstance(one, dict) and bool(one.get("DisplayLogic")) for one in parts)
    if not total or not items:
        return Count(total, 0, total)
    mine = [part for part in (*items[0].options, *items[0].rows) if part.condition]
    plain = sum(not assumed(part.condition) for part in mine)
    reported = sum(entry.what.startswith("display logic of a choice") for entry in entries)
    return Count(total, min(total, plain), min(total - plain, reported))


def assumed(condition: str | None) -> bool:
    """Whether a part of a condition is merely taken for true or false."""
    return condition is not None and any(
        isinstance(part, Constant) and isinstance(part.constant, bool)
        for part in walk(parse_condition(condition))
    )


def _pipes(payload: Json, items: list[Item], entries: list[ReportEntry]) -> Count:
    said = [payload.get("QuestionText")]
    for key in ("Choices", "Answers"):
        said += [
            one.get("Display")
            for one in mapping(payload.get(key)).values()
            if isinstance(one, dict)
        ]
    total = sum(len(_PIPE.findall(str(one))) for one in said)
    if not items:
        return Count(total, 0, total)
    found = sum(
        text.replace("$${", "").count("${")
        for item in items[:1]
        for text in (item.text, *(o.label for o in item.options), *(r.label for r in item.rows),
                     *(r.opposite for r in item.rows))
    )  # fmt: skip
    reported = sum(entry.what == "piped text" for entry in entries)
    return Count(total, min(total, found), min(reported, max(total - found, 0)))


def _validation(payload: Json, items: list[Item], entries: list[ReportEntry]) -> Count:
    settings = mapping(mapping(payload.get("Validation")).get("Settings"))
    total = int(settings.get("ForceResponse") == "ON")
    mapped = int(bool(total and items and items[0].required))
    reported = int(bool(total and not mapped and entries))
    if settings.get("Type") in (None, "", "None"):
        return Count(total, mapped, reported)
    numbers = (Kind.NUMERIC, Kind.DATE)
    held = items and (
        items[0].constraint
        or items[0].choose
        or items[0].total is not None
        or items[0].kind in numbers
    )
    named = any("validation" in entry.what for entry in entries) or not items
    return Count(total + 1, mapped + bool(held), reported + (not held and named))


def _scripts(payload: Json, items: list[Item], entries: list[ReportEntry]) -> Count:
    script = payload.get("QuestionJS")
    total = int(isinstance(script, str) and bool(script.strip()))
    return Count(total, 0, int(bool(total and any(e.what == "JavaScript" for e in entries))))


def _randomised(payload: Json, items: list[Item], entries: list[ReportEntry]) -> Count:
    random = mapping(payload.get("Randomization"))
    kind = random.get("Type")
    total = int(kind not in (None, "", "None"))
    if not total or not items:
        return Count(total, 0, total)
    some = random.get("TotalRandSubset") or mapping(random.get("Advanced")).get("TotalRandSubset")
    moved = items[0].shuffle or items[0].shuffle_rows
    moved = moved and not (some and not (items[0].show or items[0].show_rows))
    return Count(total, int(moved), int(not moved and any("random" in e.what for e in entries)))


def _of_survey(raw: Raw, instrument: Instrument, report: Sequence[ReportEntry]) -> dict[str, Count]:
    steps = list(steps_of(instrument.flow))
    loops = [
        b for b in raw.blocks if mapping(b.get("Options")).get("Looping") in ("Static", "Question")
    ]
    skips = sum(
        len(mapping(one.get("SkipLogic")))
        for block_ in raw.blocks
        for one in block_.get("BlockElements") or []
    )
    branches = raw.of("Branch")
    noted = {entry.what.split(":")[0] for entry in report if entry.what.startswith("branch")}
    open_ = sum(f"branch {node.get('FlowID')}" not in noted for node in branches)
    entries = [
        e for node in raw.of("EmbeddedData") for e in mapping(node.get("EmbeddedData")).values()
    ]
    names = {item.name for item in instrument.items if item.kind == Kind.FIELD}
    nameless = sum(entry.what == "field" and not entry.question for entry in report)
    valued = [
        e
        for e in entries
        if e.get("Value") not in (None, "") or (e.get("Type") == "Custom" and "Value" in e)
    ]
    ends = [entry for entry in report if entry.what.startswith("flow: ")]
    randomisers = [*raw.of("BlockRandomizer"), *raw.of("Randomizer")]
    written = [*raw.of("WebService"), *raw.of("Authenticator"), *raw.of("TableOfContents")]
    return {
        "blocks": Count(len(raw.blocks), len(instrument.blocks), 0),
        "skips": Count(skips, sum(len(item.skips) for item in instrument.items),
                       sum(entry.what == "skip" for entry in report)),
        "branches": Count(len(branches), open_, len(branches) - open_ if noted else 0),
        "randomisers": Count(len(randomisers), sum(isinstance(s, Randomise) for s in steps),
                             sum("flow: randomiser" in entry.what for entry in report)),
        "fields": Count(len(entries), sum(e.get("Field") in names for e in entries), nameless),
        "values of fields": Count(len(valued), sum(isinstance(s, SetField) for s in steps), 0),
        "ends": Count(len(raw.of("EndSurvey")), sum(s.node == "end" for s in steps), 0),
        "loops": Count(len(loops), sum(b.loop is not None for b in instrument.blocks),
                       sum(entry.what.startswith("loop") for entry in report)),
        "other elements of the flow": Count(len(written), 0, min(len(written), len(ends))),
        "branches taken": Count(len(branches), sum(isinstance(s, Branch) for s in steps), 0),
    }  # fmt: skip


class Truth:
    """The truth of a logic tree, worked out from the file alone.

    ``picks`` are the chosen ids by question (``row/answer`` in a matrix), ``fields`` the values of
    fields; a question in ``picks`` was shown.
    """

    def __init__(self, picks: Mapping[str, set[str]], fields: Mapping[str, str]) -> None:
        self._picks, self._fields = picks, fields

    def holds(self, tree: Json) -> bool | None:
        """True or false; None where the tree has a condition that is not worked out here."""
        groups = [v for v in tree.values() if isinstance(v, dict)]
        return self._joined([(g.get("Type") == "AndIf", self._group(g)) for g in groups])

    def _group(self, group: Json) -> bool | None:
        leaves = [v for v in group.values() if isinstance(v, dict)]
        return self._joined(
            [(leaf.get("Conjuction") == "And", self._leaf(leaf)) for leaf in leaves]
        )

    @staticmethod
    def _joined(terms: list[tuple[bool, bool | None]]) -> bool | None:
        if any(value is None for _, value in terms):
            return None
        runs: list[list[bool]] = []
        for is_and, value in terms:
            if is_and and runs:
                runs[-1].append(bool(value))
            else:
                runs.append([bool(value)])
        return any(all(run) for run in runs)

    def _leaf(self, leaf: Json) -> bool | None:
        operator, left = leaf.get("Operator", ""), str(leaf.get("LeftOperand"))
        if leaf.get("LogicType") == "EmbeddedField":
            value, right = self._fields.get(left, ""), str(leaf.get("RightOperand"))
            return {
                "EqualTo": value == right,
                "NotEqualTo": value != right,
                "Empty": not value,
                "NotEmpty": bool(value),
                "MatchesRegex": bool(re.search(right, value)),
            }.get(operator)
        found = re.fullmatch(r"q://([^/]+)/SelectableChoice/(.+)", left)
        if leaf.get("LogicType") != "Question" or not found:
            return None
        hit = found[2] in self._picks.get(found[1], set())
        return {"Selected": hit, "NotSelected": not hit}.get(operator)
