"""Labels and hints: their language, their markup, and the answers piped into them."""

import re

from simulacra.survey.formats.draft import Draft
from simulacra.survey.formats.markup import plain
from simulacra.survey.formats.xlsform.sheets import Form, Line
from simulacra.survey.piping import escaped

_PIPE = re.compile(r"\$\{\s*([^}\s]+)\s*\}")


class Labels:
    """Reads the texts of a form; ``closed`` names the questions that have choices."""

    def __init__(self, form: Form, draft: Draft, closed: set[str]) -> None:
        self._form, self._draft, self._closed = form, draft, closed

    def of(self, line: Line, column: str, used: set[str]) -> str:
        """A text in the form's first language, as a respondent reads it.

        The column counts as ``used`` where nothing of it was lost.
        """
        text = self._form.worded(line, column)
        if plain(text) == text:
            used |= {column, f"{column}::{self._form.language}"}
        return self.read(text)

    def read(self, text: str) -> str:
        """A text without markup and with our pipes; one of no question stays as it is written."""

        def piped(found: re.Match[str]) -> str:
            name = found[1]
            if not self._draft.knows(name):
                return escaped(found[0])
            return f"${{{self._draft.id_of(name)}{'|code' if name in self._closed else ''}}}"

        parts = re.split(r"(\$\{\s*[^}\s]+\s*\})", plain(text))
        return "".join(
            piped(found) if (found := _PIPE.fullmatch(part)) else escaped(part) for part in parts
        )
