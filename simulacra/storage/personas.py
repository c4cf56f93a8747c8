"""People in the database: every version of every persona, and their memories as rows."""

import builtins
import difflib
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, get_args

from sqlalchemy import Connection, and_, func, insert, select

from simulacra.domain.base import Frozen
from simulacra.domain.memory import Memory
from simulacra.domain.persona import Persona, Source
from simulacra.domain.run import PersonaRef
from simulacra.errors import InputError, UnknownName
from simulacra.storage import tables
from simulacra.storage.database import Database

_AT_ONCE = 500


class PersonaSummary(Frozen):
    """The newest version of a persona in a few facts; ``memories`` is their number."""

    id: str
    name: str
    gender: str
    age: int
    source: Source
    version: int
    story_words: int
    memories: int


class PersonaRepository:
    """Saves and finds personas. A version once saved never changes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, persona: Persona) -> Persona:
        """Store a persona; the stored one comes back with its version.

        The version given does not matter: content equal to the newest version makes no new one,
        other content makes the next.
        """
        with self._database.write() as connection:
            self._database.lock(connection, tables.personas)
            return save_within(connection, persona)[0]

    def save_all(
        self, people: Sequence[Persona], on_saved: Callable[[int], None] | None = None
    ) -> "builtins.list[Persona]":
        """Store many people as ``save`` does, in a few transactions; each id once.

        ``on_saved`` hears how many are stored. What was stored before a failure stays.
        """
        stored: list[Persona] = []
        for start in range(0, len(people), _AT_ONCE):
            with self._database.write() as connection:
                self._database.lock(connection, tables.personas)
                some = _save_each(connection, people[start : start + _AT_ONCE])
            stored += [one for one, _ in some]
            if on_saved is not None:
                on_saved(len(stored))
        return stored

    def hashes(self) -> dict[str, frozenset[str]]:
        """The content hashes of all versions of everybody by id, without the version's number."""
        table = tables.personas
        with self._database.read() as connection:
            rows = connection.execute(select(table.c.id, table.c.hash)).all()
        found: dict[str, set[str]] = {}
        for row in rows:
            found.setdefault(row.id, set()).add(row.hash)
        return {one: frozenset(some) for one, some in found.items()}

    def get(self, name_or_id: str, version: int | None = None) -> Persona:
        """A persona by id or name, the newest version unless one is named.

        Raises:
            UnknownName: nobody is called so, or there is no such version.
            InputError: several people bear the name.
        """
        found = self.find(name_or_id)
        return self.load(PersonaRef(id=found.id, version=version or found.version))

    def load(self, ref: PersonaRef) -> Persona:
        """One version of a persona by reference.

        Raises:
            UnknownName: there is no such version.
        """
        table = tables.personas
        with self._database.read() as connection:
            document = connection.execute(
                select(table.c.document).where(table.c.id == ref.id, table.c.version == ref.version)
            ).scalar()
            if document is None:
                raise UnknownName(f"there is no version {ref.version} of {ref.id!r}")
            memories = _memories(connection, ref)
        bare = Persona.model_validate_json(document)
        return bare.model_copy(update={"memories": tuple(memories)})

    def memories(self, ref: PersonaRef) -> "builtins.list[Memory]":
        """The memories of one version of a persona, in their order."""
        with self._database.read() as connection:
            return _memories(connection, ref)

    def find(self, name_or_id: str) -> PersonaRef:
        """The newest version of the persona of this id or, failing that, of this name.

        Names are compared without regard to case.

        Raises:
            UnknownName: nobody is called so.
            InputError: several people bear the name.
        """
        return _named(name_or_id, self.list())

    def list(self) -> "builtins.list[PersonaSummary]":
        """Everybody's newest version by id, without their documents."""
        table = tables.personas
        newest = (
            select(table.c.id, func.max(table.c.version).label("version"))
            .group_by(table.c.id)
            .subquery()
        )
        columns = [table.c[name] for name in PersonaSummary.model_fields]
        query = select(*columns).join(
            newest, and_(table.c.id == newest.c.id, table.c.version == newest.c.version)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
        found = [PersonaSummary.model_validate(dict(row)) for row in rows]
        return sorted(found, key=lambda one: one.id)

    def select(self, who: str) -> "builtins.list[PersonaRef]":
        """Who takes part: ``all``, a source such as ``sample``, or names and ids with commas.

        Those named come in that order, others by id.

        Somebody named twice takes part once.

        Raises:
            UnknownName: nobody is called so; close names are listed.
            InputError: nobody is left, or a name is borne by several people.
        """
        people = self.list()
        wanted = who.strip()
        if wanted == "all":
            found = [_ref(one) for one in people]
        elif wanted in get_args(Source):
            found = [_ref(one) for one in people if one.source == wanted]
        else:
            names = [name.strip() for name in wanted.split(",") if name.strip()]
            found = list(dict.fromkeys(_named(name, people) for name in names))
        if not found:
            raise InputError(f"{who!r} names nobody: see simulacra persona list")
        return found


def save_within(connection: Connection, persona: Persona) -> tuple[Persona, int]:
    """Save within a transaction that holds the table.

    Returns:
        What is stored, and the newest version before (0 where the persona is new).
    """
    return _save_each(connection, [persona])[0]


def _save_each(connection: Connection, people: Sequence[Persona]) -> list[tuple[Persona, int]]:
    """Each person as stored, with the newest version there was before (0: none)."""
    table = tables.personas
    rows = connection.execute(
        select(table.c.id, table.c.version, table.c.hash)
        .where(table.c.id.in_([person.id for person in people]))
        .order_by(table.c.version)
    )
    newest = {row.id: (row.version, row.hash) for row in rows}
    saved: list[tuple[Persona, int]] = []
    new: list[tuple[Persona, str]] = []
    for person in people:
        digest = person.model_copy(update={"version": 1}).hash()
        last, known = newest.get(person.id, (0, ""))
        stored = person.model_copy(update={"version": last if known == digest else last + 1})
        saved.append((stored, last))
        if known != digest:
            new.append((stored, digest))
    _insert(connection, new)
    return saved


def _ref(person: PersonaSummary) -> PersonaRef:
    return PersonaRef(id=person.id, version=person.version)


def _named(name: str, people: Sequence[PersonaSummary]) -> PersonaRef:
    """The one person of this id or name."""
    for person in people:
        if person.id == name:
            return _ref(person)
    same = [person for person in people if person.name.casefold() == name.casefold()]
    if len(same) > 1:
        ids = ", ".join(person.id for person in same)
        raise InputError(f"several people are called {name!r}; use one of the ids: {ids}")
    if same:
        return _ref(same[0])
    raise UnknownName(f"there is no persona {name!r}{_close(name, people)}")


def _close(name: str, people: Sequence[PersonaSummary]) -> str:
    """Names much like the one given, as the end of a sentence."""
    keys: Mapping[str, str] = {
        key: f"{person.name} ({person.id})"
        for person in people
        for key in (person.id, person.name.casefold(), *person.name.casefold().split())
    }
    near = difflib.get_close_matches(name.casefold(), list(keys), n=5)
    if near:
        return f"; did you mean {' or '.join(dict.fromkeys(keys[key] for key in near))}?"
    return "; see simulacra persona list"


def _insert(connection: Connection, people: Sequence[tuple[Persona, str]]) -> None:
    """New versions with their hashes."""
    if not people:
        return
    connection.execute(insert(tables.personas), [_row(*pair) for pair in people])
    memories = [row for person, _ in people for row in _memory_rows(person)]
    if memories:
        connection.execute(insert(tables.memories), memories)


def _row(persona: Persona, digest: str) -> dict[str, Any]:
    profile = persona.profile
    return {
        "id": persona.id,
        "version": persona.version,
        "name": persona.name,
        "gender": profile.gender,
        "age": profile.age,
        "source": persona.source,
        "story_words": persona.story_words,
        "memories": len(persona.memories),
        "hash": digest,
        "created": time.time(),
        "document": persona.model_dump_json(exclude={"memories"}),
    }


def _memory_rows(persona: Persona) -> list[dict[str, Any]]:
    return [
        {
            "persona_id": persona.id,
            "version": persona.version,
            "memory_id": memory.id,
            "position": position,
            "document": memory.model_dump_json(),
        }
        for position, memory in enumerate(persona.memories)
    ]


def _memories(connection: Connection, ref: PersonaRef) -> list[Memory]:
    table = tables.memories
    documents = connection.execute(
        select(table.c.document)
        .where(table.c.persona_id == ref.id, table.c.version == ref.version)
        .order_by(table.c.position)
    ).scalars()
    return [Memory.model_validate_json(document) for document in documents]
