"""What is written beside the data: codebook, methods statement, manifest."""

import json
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from simulacra.domain.answer import MissingCode
from simulacra.domain.flow import Randomise, steps_of
from simulacra.domain.survey import Instrument, Kind
from simulacra.export.drafts import Drafts
from simulacra.export.labelled import STATA_TAGS
from simulacra.export.rows import LONG_COLUMNS
from simulacra.export.study import NOT_COLLECTED, Study
from simulacra.export.tally import Tally

TEMPLATES = Path(__file__).parent / "templates"


def environment(*, escape: bool) -> Environment:
    """Where the templates of the exports are found; ``escape`` for HTML."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=escape,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def write_codebook(study: Study, drafts: Drafts, tally: Tally) -> None:
    """``codebook.html``: every column with wording, values, counts and its names elsewhere."""
    by_id = {item.id: item for item in study.run.spec.instrument.items}
    template = environment(escape=True).get_template("codebook.html")
    text = template.render(
        study=study,
        about=study.about(),
        items=by_id,
        columns=[(column, tally.by_name[column.name]) for column in study.columns],
        respondents=tally.respondents,
        missing_codes=[(int(code), code.label) for code in MissingCode],
        tags=STATA_TAGS,
        renamed=[one for one in study.columns if {one.spss, one.stata} != {one.name}],
        long_columns=LONG_COLUMNS,
        simulated=study.notice,
        not_collected=NOT_COLLECTED,
    )
    drafts.path("codebook.html").write_text(text, encoding="utf-8", newline="\n")


def write_methods(study: Study, drafts: Drafts, tally: Tally) -> None:
    """``METHODS.md``: prompt design, model specification, response generation, analytic choices."""
    text = methods_text(study, tally)
    drafts.path("METHODS.md").write_text(text, encoding="utf-8", newline="\n")


def methods_text(study: Study, tally: Tally) -> str:
    """The methods statement as Markdown, a section a heading."""
    spec = study.run.spec
    kinds = [(kind, sum(item.kind == kind for item in spec.instrument.items)) for kind in Kind]
    template = environment(escape=False).get_template("methods.md")
    return template.render(
        study=study,
        spec=spec,
        summary=study.run.summary,
        instrument=spec.instrument,
        instrument_hash=spec.instrument.hash(),
        kinds=[(kind.replace("_", " "), number) for kind, number in kinds if number],
        design=spec.design,
        drawn=_drawn(spec.instrument),
        shuffled=sum(item.shuffle for item in spec.instrument.items),
        conditional=sum(bool(item.condition) for item in spec.instrument.items),
        people=study.run.personas,
        weighted=any(person.weight != 1 for person in study.run.personas.values()),
        respondents=tally.respondents,
        missing_codes=[(int(code), code.label) for code in MissingCode],
        plain=[column.name for column in study.columns if column.plain],
        settings=_model_facts(study),
        settings_of={"elicitation": "schema", **spec.settings},
        simulated=study.notice,
        not_collected=NOT_COLLECTED,
    )


def _drawn(instrument: Instrument) -> int:
    """In how many places of the survey an order or a selection of items or blocks is drawn."""
    steps = sum(isinstance(step, Randomise) for step in steps_of(instrument.flow))
    return steps + sum(block.shuffle or block.show is not None for block in instrument.blocks)


def _model_facts(study: Study) -> list[tuple[str, str]]:
    """Settings of the run, and what its manifest says of model and packages."""
    told = ("fingerprint", "reproducible", "replicates_differ_by", "packages")
    manifest = study.run.manifest
    return _flat(study.run.spec.settings) + _flat(
        {name: manifest[name] for name in told if manifest.get(name) not in (None, "")}
    )


def _flat(values: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """Settings as dotted names and JSON values, sorted by name; long values are left out."""
    found: list[tuple[str, str]] = []
    for name in sorted(values):
        value = values[name]
        if isinstance(value, dict):
            found += _flat(value, f"{prefix}{name}.")
        elif len(text := json.dumps(value, ensure_ascii=False, default=str)) <= 200:
            found.append((f"{prefix}{name}", text))
    return found


def write_manifest(study: Study, drafts: Drafts) -> None:
    """``manifest.json``: everything needed to repeat the run, and hashes of the files beside it."""
    manifest = {
        "simulated": True,
        "note": study.notice,
        "study": study.name,
        "run_id": study.run.run_id,
        **study.run.manifest,
        "files": drafts.hashes(),
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=2, default=str) + "\n"
    drafts.path("manifest.json").write_text(text, encoding="utf-8", newline="\n")
