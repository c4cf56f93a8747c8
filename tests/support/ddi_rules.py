"""Rules of DDI-Codebook 2.5 for what a codebook of ours uses, each with a name.

Content models and lists of values follow the DDI Alliance's schema; the last three rules say more
than a schema can: that counts add up, that the file matches its description, that it says what
the respondents are.
"""

import re
from collections.abc import Callable, Iterator
from xml.etree import ElementTree as ET

NAMESPACE = "{ddi:codebook:2_5}"

CHILDREN = {
    "codeBook": "docDscr stdyDscr fileDscr dataDscr otherMat",
    "stdyDscr": "citation stdyInfo method dataAccs",
    "citation": "titlStmt rspStmt prodStmt distStmt serStmt verStmt biblCit holdings notes",
    "titlStmt": "titl subTitl altTitl parTitl IDNo",
    "prodStmt": "producer copyright prodDate prodPlac software fundAg grantNo",
    "stdyInfo": "subject abstract sumDscr",
    "sumDscr": "timePrd collDate nation geogCover anlyUnit universe dataKind",
    "method": "dataColl notes anlyInfo stdyClas dataProcessing codingInstructions",
    "dataColl": "timeMeth dataCollector sampProc sampleFrame targetSampleSize deviat collMode "
    "resInstru instrumentDevelopment sources collSitu actMin ConOps weight cleanOps",
    "sources": "dataSrc srcOrig srcChar srcDocu",
    "anlyInfo": "respRate EstSmpErr dataAppr",
    "codingInstructions": "txt command",
    "fileDscr": "fileTxt locMap notes",
    "fileTxt": "fileName fileCitation dataFingerprint fileCont fileStrc dimensns fileType format "
    "filePlac dataChck ProcStat dataMsng software verStmt",
    "dimensns": "caseQnty varQnty logRecL recPrCas recNumTot",
    "dataDscr": "varGrp nCubeGrp var nCube notes",
    "var": "location labl imputation security embargo respUnit anlysUnit qstn valrng invalrng "
    "undocCod universe TotlResp sumStat txt stdCatgry catgryGrp catgry codInstr verStmt concept "
    "derivation varFormat geoMap catLevel notes",
    "varGrp": "labl txt concept defntn universe notes",
    "qstn": "preQTxt qstnLit postQTxt forward backward ivuInstr",
    "invalrng": "item range key notes",
    "catgry": "catValu labl txt catStat mrow",
}
REQUIRED = {
    "codeBook": ("stdyDscr",),
    "stdyDscr": ("citation",),
    "citation": ("titlStmt",),
    "titlStmt": ("titl",),
    "catgry": ("catValu",),
}
VALUES = {
    ("codeBook", "version"): "2.5",
    ("var", "wgt"): "wgt not-wgt",
    ("var", "intrvl"): "contin discrete",
    ("var", "nature"): "nominal ordinal interval ratio percent other",
    ("var", "representationType"): "text numeric code datetime other",
    ("varGrp", "type"): "section multipleResp grid display repetition subject version iteration "
    "analysis pragmatic record file randomized other",
    ("qstn", "responseDomainType"): "text numeric code category datetime geographic multiple other",
    ("range", "UNITS"): "INT REAL",
    ("catgry", "missing"): "Y N",
    ("catStat", "type"): "freq percent crosstab other",
    ("sumStat", "type"): "mean medn mode vald invd min max stdev other",
    ("varFormat", "type"): "character numeric",
}
NEEDED = {("var", "name"), ("sumStat", "type")}
_NCNAME = re.compile(r"[A-Za-z_][\w.-]*")

Rule = Callable[[ET.Element], Iterator[str]]


def complaints(text: str) -> list[str]:
    """What breaks a rule, as ``rule: what``; an empty list for a sound codebook."""
    root = ET.fromstring(text)
    return [f"{name}: {told}" for name, rule in RULES.items() for told in rule(root)]


def _name(element: ET.Element) -> str:
    return element.tag.removeprefix(NAMESPACE)


def _all(root: ET.Element, name: str) -> Iterator[ET.Element]:
    return root.iter(NAMESPACE + name)


def _texts(root: ET.Element, name: str) -> list[str]:
    return [one.text or "" for one in _all(root, name)]


def namespace(root: ET.Element) -> Iterator[str]:
    """Every element is of the namespace, and the root is a codeBook."""
    if root.tag != f"{NAMESPACE}codeBook":
        yield f"the root is {root.tag}"
    for element in root.iter():
        if not element.tag.startswith(NAMESPACE):
            yield element.tag


def order(root: ET.Element) -> Iterator[str]:
    """Children are known and stand in the order of the schema."""
    for element in root.iter():
        allowed = CHILDREN.get(_name(element), "").split()
        places = [allowed.index(_name(one)) if _name(one) in allowed else -1 for one in element]
        if -1 in places or places != sorted(places):
            yield f"{_name(element)} holds {' '.join(_name(one) for one in element)}"


def required(root: ET.Element) -> Iterator[str]:
    """What must be there is there, and has text where it can have no child."""
    for name, children in REQUIRED.items():
        for element in _all(root, name):
            for child in children:
                found = element.find(NAMESPACE + child)
                if found is None or not (len(found) or (found.text or "").strip()):
                    yield f"{name} without {child}"


def values(root: ET.Element) -> Iterator[str]:
    """Attributes hold what the schema lists, and the needed ones are there."""
    for (name, attribute), allowed in VALUES.items():
        for element in _all(root, name):
            value = element.get(attribute)
            if value is None and (name, attribute) in NEEDED:
                yield f"{name} without {attribute}"
            if value is not None and value not in allowed.split():
                yield f"{name} {attribute}={value}"


def ids(root: ET.Element) -> Iterator[str]:
    """Ids are names, each once, and what refers to a file or a variable finds it."""
    known = [element.get("ID", "") for element in root.iter() if "ID" in element.attrib]
    yield from (f"{one} twice" for one in sorted({one for one in known if known.count(one) > 1}))
    yield from (f"{one!r} is no name" for one in known if not _NCNAME.fullmatch(one))
    files = {element.get("ID") for element in _all(root, "fileDscr")}
    for var in _all(root, "var"):
        if not set(var.get("files", "").split()) <= files:
            yield f"var {var.get('name')} of a file that is not described"
    variables = {element.get("ID") for element in _all(root, "var")}
    for group in _all(root, "varGrp"):
        if not set(group.get("var", "").split()) <= variables:
            yield f"varGrp {group.get('name')} of a variable that is not there"


def names(root: ET.Element) -> Iterator[str]:
    """Variables have different names and a label."""
    found = [var.get("name") or "" for var in _all(root, "var")]
    yield from (f"{one} twice" for one in sorted({one for one in found if found.count(one) > 1}))
    for var in _all(root, "var"):
        if not (var.findtext(f"{NAMESPACE}labl") or "").strip():
            yield f"{var.get('name')} without a label"


def counts(root: ET.Element) -> Iterator[str]:
    """Categories add up to the answers, missing ones apart, and these to no more than the cases."""
    cases = int(root.findtext(f".//{NAMESPACE}caseQnty") or "0")
    for var in _all(root, "var"):
        sums = {one.get("type"): float(one.text or "nan") for one in _all(var, "sumStat")}
        if not sums:
            continue
        told = {"N": sums["vald"], "Y": sums["invd"]}
        if sum(told.values()) > cases:
            yield f"{var.get('name')}: more answers than the {cases} cases"
        for missing, number in told.items():
            found = [one for one in _all(var, "catgry") if one.get("missing") == missing]
            if found and sum(float(_texts(one, "catStat")[0]) for one in found) != number:
                yield f"{var.get('name')}: categories do not add up to {number:g}"


def size(root: ET.Element) -> Iterator[str]:
    """As many variables as the file is said to have."""
    told, found = root.findtext(f".//{NAMESPACE}varQnty"), len(list(_all(root, "var")))
    if told != str(found):
        yield f"varQnty {told}, but {found} variables"


def simulated(root: ET.Element) -> Iterator[str]:
    """Title, notes and file say that the respondents are simulated."""
    for name in ("titl", "notes", "fileCont"):
        if not any("simulated" in text.casefold() for text in _texts(root, name)):
            yield f"{name} does not say it"


RULES: dict[str, Rule] = {
    one.__name__: one
    for one in (namespace, order, required, values, ids, names, counts, size, simulated)
}
