"""Scripts in Python and R that load the wide CSV with labels and reasons of missing answers."""

import re
from collections import Counter
from typing import Any

from simulacra.domain.answer import MissingCode
from simulacra.export.columns import Column
from simulacra.export.csv import harmless
from simulacra.export.documents import environment
from simulacra.export.drafts import Drafts
from simulacra.export.study import Study

_SHOWN = 3
_NOT_PLAIN_IN_R = re.compile(r'[^ -~]|["\\]')


def write_scripts(study: Study, drafts: Drafts) -> None:
    """``NAME_load.py`` (needs pandas) and ``NAME_load.R`` (needs nothing but R)."""
    columns = [_told(column) for column in study.columns]
    facts: dict[str, Any] = {
        "script": f"{study.name}_load",
        "file": f"{study.name}_wide.csv",
        "simulated": study.notice,
        "columns": columns,
        "shown": [one["name"] for one in columns if one["kind"] == "code"][:_SHOWN],
        "missing": {str(int(code)): code.label for code in MissingCode},
    }
    templates = environment(escape=False)
    templates.filters |= {"r": r_string, "python": repr}
    for ending in ("py", "R"):
        text = templates.get_template(f"load.{ending}.jinja").render(facts)
        path = drafts.path(f"{study.name}_load.{ending}")
        path.write_text(text, encoding="utf-8", newline="\n")


def r_string(text: str) -> str:
    """A text as a string of R in plain ASCII; R knows no NUL."""
    return f'"{_NOT_PLAIN_IN_R.sub(_escaped, text)}"'


def _escaped(found: re.Match[str]) -> str:
    sign = found.group()
    if sign in '"\\':
        return f"\\{sign}"
    number = ord(sign) or 0xFFFD
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def _told(column: Column) -> dict[str, Any]:
    kind = _kind(column)
    return {
        "name": column.name,
        "label": " ".join(column.label.split()),
        "item": column.takes_codes,
        "kind": kind,
        "ordered": column.measure == "ordinal",
        "values": _values(column) if kind == "code" else {},
    }


def _kind(column: Column) -> str:
    if column.coded:
        return "code"
    return "number" if column.numeric else "date" if column.role == "date" else "text"


def _values(column: Column) -> dict[str, str]:
    """Labels by code as it stands in the CSV; those of one text are told apart by their code."""
    twice = Counter(one.label for one in column.values).most_common(1)[0][1] > 1
    return {
        str(harmless(one.value)): f"{one.label} ({one.value})" if twice else one.label
        for one in column.values
    }
