"""The codebook for archives: DDI-Codebook 2.5, one ``var`` a column of the wide table.

Element names and their order are those of the schema of the DDI Alliance (namespace
``ddi:codebook:2_5``). What the methods statement says stands in the study's description.
"""

import re
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from simulacra.domain.answer import MissingCode
from simulacra.domain.survey import Item
from simulacra.export.columns import Column
from simulacra.export.documents import methods_text
from simulacra.export.drafts import Drafts
from simulacra.export.study import NOT_COLLECTED, Study
from simulacra.export.tally import ColumnTally, Tally

NAMESPACE = "ddi:codebook:2_5"
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LANGUAGE = re.compile("[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_OF_ONE_ITEM = ("choice", "rank", "amount")
_RANGE = {"UNITS": "INT", "min": str(int(min(MissingCode))), "max": str(int(max(MissingCode)))}
_FILE = "F1"
_DOMAINS = {
    "choice": "multiple",
    "closed": "category",
    "rank": "category",
    "number": "numeric",
    "amount": "numeric",
    "date": "datetime",
}
_METHOD = (
    ("sampProc", "Who answered"),
    ("collMode", "Prompt design"),
    ("resInstru", "What was asked"),
    ("sources", "Model specification"),
    ("collSitu", "Response generation"),
    ("cleanOps", "Missing answers"),
)


def write_ddi(study: Study, drafts: Drafts, tally: Tally) -> None:
    """``NAME_ddi.xml``: study, file and variables with wording, values, counts, missing codes."""
    root = ET.Element("codeBook", {"xmlns": NAMESPACE, "version": "2.5"})
    language = study.run.spec.instrument.language.replace("_", "-")
    if _LANGUAGE.fullmatch(language):
        root.set("xml:lang", language)
    _study(root, study, tally)
    _file(root, study, tally)
    data = ET.SubElement(root, "dataDscr")
    items = {item.id: item for item in study.run.spec.instrument.items}
    about = [(column, items.get(column.item_id or "")) for column in study.columns]
    _groups(data, about)
    for at, (column, item) in enumerate(about, start=1):
        _variable(data, f"V{at}", column, item, tally.by_name[column.name])
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode", short_empty_elements=True)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    path = drafts.path(f"{study.name}_ddi.xml")
    path.write_text(f"{head}{text}\n", encoding="utf-8", newline="\n")


def _add(parent: ET.Element, tag: str, text: str = "", /, **attributes: str) -> ET.Element:
    """A child, without the characters that XML must not have."""
    clean = {key: _NOT_IN_XML.sub("\ufffd", value) for key, value in attributes.items()}
    child = ET.SubElement(parent, tag, clean)
    child.text = _NOT_IN_XML.sub("\ufffd", text) or None
    return child


def _study(root: ET.Element, study: Study, tally: Tally) -> None:
    spec, created = study.run.spec, study.run.summary.created.date().isoformat()
    described = _add(root, "stdyDscr")
    citation = _add(described, "citation")
    titles = _add(citation, "titlStmt")
    _add(titles, "titl", f"{study.title} (simulated respondents)")
    _add(titles, "IDNo", study.run.run_id, agency="simulacra")
    production = _add(citation, "prodStmt")
    _add(production, "prodDate", created, date=created)
    _add(production, "software", "Simulacra")
    _add(citation, "notes", study.notice)
    info = _add(described, "stdyInfo")
    _add(info, "abstract", f"{study.notice} Instrument hash: {spec.instrument.hash()}.")
    summary = _add(info, "sumDscr")
    _add(summary, "anlyUnit", f"Simulated respondent. {study.notice}")
    _add(summary, "dataKind", "Simulated survey data")
    sections = _sections(methods_text(study, tally))
    method = _add(described, "method")
    collection = _add(method, "dataColl")
    for element, heading in _METHOD:
        if element == "sources":
            _add(_add(collection, element), "dataSrc", sections[heading])
        else:
            _add(collection, element, sections[heading])
    analysis = _add(method, "anlyInfo")
    _add(analysis, "dataAppr", sections["Limits"])
    coding = _add(method, "codingInstructions")
    _add(coding, "txt", sections["Analytic choices"])


def _sections(markdown: str) -> dict[str, str]:
    """The texts of a Markdown file by their headings, without tables."""
    found: dict[str, str] = {}
    for part in re.split(r"^## ", markdown, flags=re.MULTILINE)[1:]:
        heading, _, body = part.partition("\n")
        lines = [line for line in body.splitlines() if not line.startswith("|")]
        found[heading.strip()] = "\n".join(lines).strip()
    return found


def _file(root: ET.Element, study: Study, tally: Tally) -> None:
    name = f"{study.name}_wide.csv"
    described = _add(root, "fileDscr", ID=_FILE, URI=name)
    text = _add(described, "fileTxt")
    _add(text, "fileName", name)
    _add(text, "fileCont", f"One row a simulated respondent. {study.notice}")
    size = _add(text, "dimensns")
    _add(size, "caseQnty", str(tally.respondents))
    _add(size, "varQnty", str(len(study.columns)))
    _add(text, "fileType", "CSV with a heading, comma-separated, UTF-8")
    _add(text, "dataMsng", NOT_COLLECTED)


def _groups(data: ET.Element, about: Sequence[tuple[Column, Item | None]]) -> None:
    """Variables that belong together: those of one item, of one matrix or form, of one loop."""
    members: dict[tuple[str, str, str], list[str]] = {}
    for at, (column, item) in enumerate(about, start=1):
        if item is None or column.role == "order":
            continue
        if column.role in _OF_ONE_ITEM:
            members.setdefault((item.id, "multipleResp", item.text), []).append(f"V{at}")
        if item.group:
            kind = "grid" if item.stem else "repetition"
            members.setdefault((item.group, kind, item.stem or item.group), []).append(f"V{at}")
    for at, ((name, kind, label), variables) in enumerate(members.items(), start=1):
        group = _add(data, "varGrp", ID=f"G{at}", name=name, type=kind, var=" ".join(variables))
        _add(group, "labl", label)


def _variable(
    data: ET.Element, key: str, column: Column, item: Item | None, counts: ColumnTally
) -> None:
    numbers = column.continuous or column.name == "wt"
    var = _add(
        data,
        "var",
        ID=key,
        name=column.name,
        files=_FILE,
        wgt="wgt" if column.name == "wt" else "not-wgt",
        intrvl="contin" if numbers else "discrete",
        nature={"scale": "ratio"}.get(column.measure, column.measure),
        representationType=_representation(column),
    )
    _add(var, "labl", column.label, level="variable")
    if item is not None:
        _question(var, column, item)
        if column.takes_codes:
            _add(_add(var, "invalrng"), "range", **_RANGE)
        if item.condition:
            _add(var, "universe", f"Asked if {item.condition}")
        _statistics(var, counts)
        _categories(var, column, counts)
    _add(var, "varFormat", type="numeric" if column.numeric else "character")


def _representation(column: Column) -> str:
    if column.role == "date":
        return "datetime"
    return "code" if column.values else "numeric" if column.numeric else "text"


def _question(var: ET.Element, column: Column, item: Item) -> None:
    question = _add(var, "qstn", responseDomainType=_DOMAINS.get(column.role, "text"))
    _add(question, "qstnLit", item.text)
    if item.help:
        _add(question, "ivuInstr", item.help)


def _statistics(var: ET.Element, counts: ColumnTally) -> None:
    numbers = {
        "vald": counts.answers,
        "invd": counts.none,
        "min": counts.least,
        "max": counts.most,
        "mean": counts.mean,
        "stdev": counts.deviation,
    }
    for kind, number in numbers.items():
        if number is not None:
            _add(var, "sumStat", f"{number:.10g}", type=kind)


def _categories(var: ET.Element, column: Column, counts: ColumnTally) -> None:
    for one in column.values:
        _category(var, one.value, one.label, counts.values[one.value], missing="N")
    for code in MissingCode if column.takes_codes else ():
        _category(var, str(int(code)), code.label, counts.missing[int(code)], missing="Y")


def _category(var: ET.Element, value: str, label: str, number: int, *, missing: str) -> None:
    category = _add(var, "catgry", missing=missing)
    _add(category, "catValu", value)
    _add(category, "labl", label, level="category")
    _add(category, "catStat", str(number), type="freq")
