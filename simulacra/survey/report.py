"""What a reader or a check has to say about an instrument, as values."""

from typing import Any

from simulacra.domain.base import Frozen


class ReportEntry(Frozen):
    """One finding: the ``question`` (item id, or empty for the whole file), what and why.

    ``kept`` holds verbatim what could not be mapped.
    """

    question: str
    what: str
    why: str
    kept: Any = None
