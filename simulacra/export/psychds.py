"""A Psych-DS folder: the wide table with its variables described as schema.org JSON-LD.

Names and required properties are those of Psych-DS 1.5 (psych-ds.github.io): data files are called
``keyword-value_data.csv``, and ``variableMeasured`` lists every column.
"""

import json
import re
import unicodedata
from typing import Any

from simulacra.domain.answer import MissingCode
from simulacra.domain.survey import Item
from simulacra.export.columns import Column
from simulacra.export.csv import CsvFile
from simulacra.export.documents import environment, methods_text
from simulacra.export.drafts import Drafts
from simulacra.export.rows import Value
from simulacra.export.study import NOT_COLLECTED, Study
from simulacra.export.tally import Tally


class PsychDsFolder:
    """The data of ``NAME_psychds/``, written row by row."""

    def __init__(self, study: Study, drafts: Drafts) -> None:
        """Open the data file."""
        path = drafts.path(f"{_folder(study)}/data/{_data_name(study)}")
        self._file = CsvFile(path, [column.name for column in study.columns])

    def wide(self, row: list[Value]) -> None:
        """Add a respondent."""
        self._file.add(row)

    def long(self, row: list[Value]) -> None:
        """The folder has no long table."""

    def close(self) -> None:
        """Finish the data file."""
        self._file.close()


def write_psychds(study: Study, drafts: Drafts, tally: Tally) -> None:
    """What stands beside the data: description, read-me, changes, methods and the instrument."""
    read_me = environment(escape=False).get_template("psychds_readme.md")
    created = study.run.summary.created.date().isoformat()
    texts = {
        "dataset_description.json": _json(_description(study)),
        "README.md": read_me.render(
            study=study,
            data=_data_name(study),
            respondents=tally.respondents,
            simulated=study.notice,
            not_collected=NOT_COLLECTED,
            missing_codes=[(int(code), code.label) for code in MissingCode],
        ),
        "CHANGES.md": f"# Changes\n\n{created}: answers of run {study.run.run_id}.\n",
        "documentation/METHODS.md": methods_text(study, tally),
        "materials/instrument.json": _json(study.run.spec.instrument.model_dump(mode="json")),
    }
    for name, text in texts.items():
        path = drafts.path(f"{_folder(study)}/{name}")
        path.write_text(text, encoding="utf-8", newline="\n")


def _folder(study: Study) -> str:
    return f"{study.name}_psychds"


def _data_name(study: Study) -> str:
    """The values of keywords are letters and digits of ASCII."""
    plain = unicodedata.normalize("NFKD", study.name).encode("ascii", "ignore").decode()
    return f"study-{re.sub('[^A-Za-z0-9]', '', plain) or 'unnamed'}_data.csv"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _description(study: Study) -> dict[str, Any]:
    items = {item.id: item for item in study.run.spec.instrument.items}
    return {
        "@context": "http://schema.org/",
        "@type": "Dataset",
        "name": f"{study.title} (simulated respondents)",
        "description": f"{study.notice} One row a simulated respondent. {NOT_COLLECTED}",
        "schemaVersion": "Psych-DS 1.5.0",
        "identifier": study.run.run_id,
        "dateCreated": study.run.summary.created.date().isoformat(),
        "inLanguage": study.run.spec.instrument.language,
        "keywords": ["simulated respondents", "survey"],
        "measurementTechnique": f"{study.run.spec.way} on {study.run.spec.model}",
        "variableMeasured": [
            _variable(column, items.get(column.item_id or "")) for column in study.columns
        ],
    }


def _variable(column: Column, item: Item | None) -> dict[str, Any]:
    told: dict[str, Any] = {
        "@type": "PropertyValue",
        "name": column.name,
        "description": column.label,
    }
    if item is not None and column.role == "number":
        bounds = {"minValue": item.minimum, "maxValue": item.maximum}
        told |= {name: bound for name, bound in bounds.items() if bound is not None}
    values = [(one.value, one.label) for one in column.values]
    if column.takes_codes:
        values += [(str(int(code)), f"Missing: {code.label}") for code in MissingCode]
    if values:
        told["valueReference"] = [
            {"@type": "PropertyValue", "value": value, "name": label} for value, label in values
        ]
    return told
