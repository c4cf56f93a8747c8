"""The survey flow: blocks, branches, randomisers, groups, fields and ends."""

import re
from typing import Any

from simulacra.domain.flow import Branch, End, Group, Randomise, SetField, Show, Step
from simulacra.errors import InputError
from simulacra.survey.condition import parse_condition
from simulacra.survey.formats.qsf import operands
from simulacra.survey.formats.qsf.document import Json, mapping, text, truth, whole
from simulacra.survey.formats.qsf.logic import condition
from simulacra.survey.formats.qsf.operands import NotExpressed
from simulacra.survey.formats.qsf.options import NEVER
from simulacra.survey.formats.qsf.piping import piped
from simulacra.survey.formats.qsf.targets import Reading
from simulacra.survey.writing import condition_text

_MATH = re.compile(r"\s*\$e\{(.*)\}\s*", re.DOTALL)
_ADDRESS = re.compile(r"[A-Za-z]+://[^\s()+*,^]+")
_UNNAMED = "Create New Field"
_FROM_OUTSIDE = (
    "it comes from the address, the contact list, the device or a script: "
    "it is empty until the study sets it"
)
_NOT_TAKEN = {
    "WebService": "no other service is called",
    "Authenticator": "nobody is asked to prove who they are",
    "ReferenceSurvey": "the other survey's questions are not in the file",
    "Reference": "the other survey's questions are not in the file",
    "Quota": "nobody is turned away for a full quota",
    "QuotaCheck": "nobody is turned away for a full quota",
    "Conjoint": "conjoint tasks are drawn by a service",
    "TableOfContents": "the parts are gone through in order",
    "SupplementalData": "no other data are looked up",
}


class Flow:
    """The steps of a survey's flow; ``unset`` are the fields that nothing in it sets."""

    def __init__(self, reading: Reading, blocks: set[str]) -> None:
        self._reading, self._blocks = reading, blocks
        self._declared: dict[str, Any] = {}
        self._set: set[str] = set()

    def steps(self, nodes: Any) -> tuple[Step, ...]:
        """The steps of a list of nodes; a node without counterpart is reported and left out."""
        return tuple(step for node in mapping(nodes).values() for step in self._of(mapping(node)))

    def note_unset(self) -> None:
        """Report the fields that are named and that nothing in the survey sets."""
        for name, entry in self._declared.items():
            if name not in self._set:
                self._reading.note(self._reading.field(name), "field", _FROM_OUTSIDE, entry)
        for name, field in self._reading.fields.items():
            if name not in self._declared and name not in self._set:
                why = f"nothing in the flow makes it; {_FROM_OUTSIDE}"
                self._reading.note(field, "field", why, name)

    def _of(self, node: Json) -> list[Step]:
        kind, inside = text(node.get("Type")), node.get("Flow")
        if kind in ("Block", "Standard"):
            return self._show(node)
        if kind == "Branch":
            return [self._branch(node)]
        if kind in ("BlockRandomizer", "Randomizer"):
            return self._randomise(node)
        if kind in ("Group", "Root"):
            return [Group(title=text(node.get("Description")), steps=self.steps(inside))]
        if kind == "EmbeddedData":
            return self._fields(node)
        if kind == "EndSurvey":
            return [self._end(node)]
        why = _NOT_TAKEN.get(kind, "it is nothing that is known here")
        kept = {key: value for key, value in node.items() if key != "Flow"}
        self._reading.note("", f"flow: {kind or 'an element'}", why, kept)
        for entry in mapping(node.get("ResponseMap")).values():
            if name := text(mapping(entry).get("value")):
                self._declared.setdefault(name, entry)
        steps = self.steps(inside)
        return [Group(title=text(node.get("Description")) or kind, steps=steps)] if steps else []

    def _show(self, node: Json) -> list[Step]:
        block = text(node.get("ID"))
        if block in self._blocks:
            return [Show(block=block)]
        self._reading.note("", f"flow: block {block}", "it is not there, or in the trash", node)
        return []

    def _branch(self, node: Json) -> Step:
        what = f"branch {text(node.get('FlowID'))}"
        found = condition(self._reading, node.get("BranchLogic"), "", what)
        if found is None and not node.get("BranchLogic"):
            self._reading.note(
                "", what, "it has no condition, so it is not taken", node.get("FlowID")
            )
        return Branch(condition=found or NEVER, then=self.steps(node.get("Flow")))

    def _randomise(self, node: Json) -> list[Step]:
        steps: list[Step] = []
        for child in mapping(node.get("Flow")).values():
            found = self._of(mapping(child))
            # What has no counterpart keeps its chance of being drawn.
            title = text(mapping(child).get("Type"))
            steps.append(found[0] if len(found) == 1 else Group(title=title, steps=tuple(found)))
        name = text(node.get("FlowID")) or "randomiser"
        if not steps:
            self._reading.note("", f"flow: randomiser {name}", "there is nothing in it", node)
            return []
        some = whole(node.get("SubSet"))
        field = self._reading.field(f"{name}_DO")
        self._set.add(f"{name}_DO")
        return [
            Randomise(
                id=self._once(name),
                steps=tuple(steps),
                show=some if some and some < len(steps) else None,
                evenly=truth(node.get("EvenPresentation")),
                record=field,
            )
        ]

    def _once(self, name: str) -> str:
        return self._reading.names.take(f"{name}_order", name)

    def _fields(self, node: Json) -> list[Step]:
        steps: list[Step] = []
        for entry in mapping(node.get("EmbeddedData")).values():
            field = mapping(entry)
            name = text(field.get("Field")).strip() or text(field.get("Description")).strip()
            if not name or name.startswith(_UNNAMED):
                self._reading.note("", "field", "it was never given a name", entry)
                continue
            self._declared.setdefault(name, entry)
            field_id = self._reading.field(name)
            if "Value" in field and (text(field["Value"]) or text(field.get("Type")) == "Custom"):
                self._set.add(name)
                steps.append(self._set_field(field_id, text(field["Value"])))
        return steps

    def _set_field(self, field: str, value: str) -> Step:
        if found := _MATH.fullmatch(value):
            try:
                return SetField(field=field, expression=self._computed(found[1]))
            except (NotExpressed, InputError):
                why = "the sum cannot be read; the field stays empty"
                self._reading.note(field, "value of a field", why, value)
                return SetField(field=field)
        return SetField(field=field, text=piped(self._reading, value, field))

    def _computed(self, written: str) -> str:
        """The expression of a sum such as ``e://Field/a + 1``."""

        def operand(found: re.Match[str]) -> str:
            return f"({condition_text(operands.pipe_value(self._reading, found[0]))})"

        return condition_text(parse_condition(_ADDRESS.sub(operand, written)))

    def _end(self, node: Json) -> Step:
        options = mapping(node.get("Options"))
        flag = text(options.get("ResponseFlag"))
        if {"EOSRedirectURL", "EOSMessage", "EmailThankYou"} & {
            key for key, value in options.items() if text(value) not in ("", "http://", "false")
        }:
            why = "the respondent is sent nowhere and reads no message of the library"
            self._reading.note("", f"flow: end {text(node.get('FlowID'))}", why, options)
        return End(screened=flag.lower().startswith("screen"))
