"""The tables of an LSS file, in either of its layouts, and its texts by language."""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml.ElementTree import fromstring

from simulacra.errors import InputError

Record = dict[str, str]
MOST_DEEP = 20


class Tables:
    """Rows by table, and texts by table, id and language.

    Older files have a row a language in every table, newer ones keep texts in ``*_l10ns``.
    """

    def __init__(self, rows: dict[str, list[Record]], languages: list[str]) -> None:
        self.rows = rows
        survey = next(iter(rows.get("surveys", ())), {})
        first = survey.get("language") or next(iter(languages), "")
        said = (row.get("language") for row in self.all("questions"))
        self.language = first or next((one for one in said if one), "en")
        self.languages = [self.language, *(one for one in languages if one != self.language)]

    def all(self, name: str) -> list[Record]:
        """All rows of a table."""
        return self.rows.get(name, [])

    def one_language(self, name: str) -> list[Record]:
        """The rows of a table, each thing once."""
        rows = self.all(name)
        mine = [row for row in rows if row.get("language", self.language) == self.language]
        return mine or rows

    def texts(self, key: str, names: Iterable[str]) -> dict[str, dict[str, Record]]:
        """Rows that hold texts, by the value of ``key`` and by language."""
        found: defaultdict[str, dict[str, Record]] = defaultdict(dict)
        for name in names:
            for row in self.all(name):
                if "language" in row and row.get(key):
                    found[row[key]][row["language"]] = row
        return found


def read_tables(path: Path) -> Tables:
    """The tables of a file; raises InputError for what is no LSS file."""
    try:
        root: Element = fromstring(path.read_bytes(), forbid_dtd=True)
    except (ParseError, ValueError, LookupError, OSError, RecursionError) as error:
        raise InputError(
            "this is no LSS file: its XML is broken or forbidden", path=path
        ) from error
    if root.tag != "document" or root.findtext("LimeSurveyDocType") != "Survey":
        raise InputError("this is no LSS file: it is not a LimeSurvey survey", path=path)
    languages = [one.text for one in root.findall("languages/language") if one.text]
    rows = {
        table.tag: [
            {cell.tag: cell.text or "" for cell in row} for row in table.findall("rows/row")
        ]
        for table in root
    }
    return Tables({name: some for name, some in rows.items() if some}, languages)
