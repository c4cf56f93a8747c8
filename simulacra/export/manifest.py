"""A manifest read back: the study that it describes, and the answers of the files beside it."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from simulacra.domain.answer import Missing
from simulacra.domain.base import Frozen
from simulacra.domain.run import Cell, Interview, PersonaRef, RunSpec
from simulacra.domain.survey import Instrument
from simulacra.errors import InputError
from simulacra.export.csv import harmless
from simulacra.export.rows import answer_text

_FORMAT = "simulacra-manifest/1"
_COLUMNS = ("persona_id", "condition", "replicate", "item_id", "attempt", "value", "missing")
_ROW_BYTES = 64 * 2**20


class Key(NamedTuple):
    """Which answer: whose, under which condition, in which replicate, to what."""

    persona: str
    condition: str
    replicate: int
    item: str


class ManifestPerson(BaseModel):
    """Who was asked: one version of a persona, with the hash of its content."""

    model_config = ConfigDict(frozen=True)

    id: str
    version: int
    name: str
    hash: str


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True)

    hash: str
    document: Instrument


class Manifest(BaseModel):
    """What a manifest says of a study.

    ``plan`` is the run's plan but for instrument, personas and settings, which stand by themselves.
    ``files`` are the names of the files exported with it and their SHA-256.
    """

    model_config = ConfigDict(frozen=True)

    format: str
    run_id: str
    instrument: _Document
    personas: tuple[ManifestPerson, ...] = Field(min_length=1)
    plan: dict[str, Any]
    settings: dict[str, Any]
    packages: dict[str, str]
    files: dict[str, str] = Field(default_factory=dict)

    @property
    def spec(self) -> RunSpec:
        """The plan as it was."""
        refs = [PersonaRef(id=one.id, version=one.version) for one in self.personas]
        return RunSpec.model_validate(
            {
                **self.plan,
                "instrument": self.instrument.document,
                "personas": refs,
                "settings": self.settings,
            }
        )


def read_manifest(path: Path) -> Manifest:
    """The manifest of a file.

    Raises:
        InputError: it cannot be read, or is no manifest of ours.
    """
    try:
        manifest = Manifest.model_validate_json(path.read_bytes())
        _ = manifest.spec
    except OSError as error:
        reason = error.strerror or "cannot be read"
        raise InputError(f"{reason}: give the manifest.json of an export", path=path) from None
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "the file"
        message = f"is no manifest that can be repeated ({field}: {first['msg']}); export it again"
        raise InputError(message, path=path) from None
    if manifest.format != _FORMAT:
        raise InputError(f"has the format {manifest.format!r}, not {_FORMAT}", path=path)
    return manifest


def answers_of(records: Iterable[tuple[Interview, Cell]]) -> dict[Key, str]:
    """The counting answers of stored cells, as they stand in a CSV; missing ones as their code."""
    found: dict[Key, str] = {}
    for who, cell in records:  # later tries follow earlier ones
        key = Key(who.persona.id, who.condition, who.replicate, cell.item_id)
        response = cell.response
        if isinstance(response, Missing):
            found[key] = str(int(response.code))
        else:
            found[key] = str(harmless(answer_text(response)))
    return found


class Recorded(Frozen):
    """The answers of a table beside a manifest; ``changed``: since it was exported."""

    name: str
    changed: bool
    answers: dict[Key, str]


def recorded_answers(path: Path, manifest: Manifest) -> Recorded | None:
    """The answers of the long table beside a manifest; None where it is not there.

    Raises:
        InputError: the table cannot be read.
    """
    for name, digest in manifest.files.items():
        table = path.parent / name
        if name.endswith("_long.csv") and "/" not in name and table.is_file():
            with table.open("rb") as file:
                changed = hashlib.file_digest(file, "sha256").hexdigest() != digest
            return Recorded(name=name, changed=changed, answers=dict(_rows(table)))
    return None


def _rows(table: Path) -> Iterator[tuple[Key, str]]:
    import pyarrow as pa
    import pyarrow.csv as pacsv

    convert = pacsv.ConvertOptions(
        include_columns=list(_COLUMNS),
        column_types=dict.fromkeys(_COLUMNS, pa.string()),
        strings_can_be_null=False,
    )
    parse = pacsv.ParseOptions(newlines_in_values=True)
    read = pacsv.ReadOptions(block_size=_ROW_BYTES)
    try:
        with pacsv.open_csv(table, read, parse, convert) as batches:
            for batch in batches:
                for who, condition, replicate, item, _, value, missing in zip(
                    *(column.to_pylist() for column in batch.columns), strict=True
                ):
                    yield Key(who, condition, int(replicate), item), missing or value
    except (pa.ArrowException, ValueError) as error:
        reason = " ".join(str(error).split())
        raise InputError(f"is no long table of an export: {reason}", path=table) from None
