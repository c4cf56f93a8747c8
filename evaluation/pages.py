"""Pages that stand alone, and the same numbers beside them as JSON."""

from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from pydantic import BaseModel

from simulacra.errors import StorageError
from simulacra.export.drafts import Drafts

_TEMPLATES = Path(__file__).parent / "templates"


def environment() -> Environment:
    """Templates of pages: every text is escaped but what passes the filter ``drawn``."""
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["drawn"] = Markup  # drawings are our own; all else is escaped
    return made


def write_page(
    out: Path,
    name: str,
    html: str,
    numbers: BaseModel,
    more: Mapping[str, str] | None = None,
    files: Mapping[str, str] | None = None,
) -> Path:
    """Write ``NAME.html`` and ``NAME.json`` into ``out``, all or none; the path of the page.

    ``more`` are texts for further files of the name, by their ending; ``files`` are others, by
    their whole name.

    Raises:
        StorageError: the files cannot be written.
    """
    try:
        drafts = Drafts(out)
        texts = {"html": html, "json": numbers.model_dump_json(indent=2) + "\n", **(more or {})}
        named = {f"{name}.{ending}": text for ending, text in texts.items()} | dict(files or {})
        for file, text in named.items():
            drafts.path(file).write_text(text, encoding="utf-8", newline="\n")
        return drafts.keep()[0]
    except OSError as error:
        raise StorageError(f"cannot write the report to {out}: {error.strerror}") from None
