from collections.abc import Iterator
from pathlib import Path

import pytest

from personas.editing.changes import Changed, set_values
from personas.editing.experiences import add_experience, forget
from personas.editing.history import line_of, stale, stale_findings, to_redo, to_undo
from simulacra.domain.change import Change, Draft
from simulacra.domain.persona import Persona
from simulacra.errors import InputError
from simulacra.storage.changes import ChangeRepository
from simulacra.storage.database import Database, open_database
from simulacra.storage.personas import PersonaRepository
from tests.personas.editing.test_changes import with_facts


class Life:
    """A persona in a database that is edited, undone and redone as the command does it."""

    def __init__(self, database: Database) -> None:
        self.people, self.changes = PersonaRepository(database), ChangeRepository(database)
        self.now = self.people.save(with_facts())

    def edit(self, changed: Changed) -> Persona:
        self.now, _ = self.changes.apply(changed.persona, changed.draft, by="tester")
        return self.now

    def undo(self) -> Persona:
        change = to_undo(self.now, self.history)
        return self._restore(change.base, Draft(kind="undo", summary=change.summary))

    def redo(self) -> Persona:
        change = to_redo(self.now, self.history)
        return self._restore(change.version, Draft(kind="redo", summary=change.summary))

    def stale(self) -> list[str]:
        return [one.key for one in stale(self.now, self.history)]

    @property
    def history(self) -> list[Change]:
        return self.changes.list(self.now.id)

    def _restore(self, version: int, draft: Draft) -> Persona:
        content = self.people.get(self.now.id, version)
        return self.edit(Changed(content.model_copy(update={"version": self.now.version}), draft))


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    database = open_database(f"sqlite:///{tmp_path / 'a.db'}")
    yield Life(database)
    database.close()


def content(persona: Persona) -> Persona:
    return persona.model_copy(update={"version": 1})


def test_undo_walks_back_and_redo_forward(life: Life) -> None:
    first = life.now
    second = life.edit(set_values(first, ["occupation=pilot"]))
    third = life.edit(add_experience(second, "2003-05: I swam."))
    assert content(life.undo()) == content(second)
    assert content(life.undo()) == content(first)
    with pytest.raises(InputError, match="no change of Ilka Varga left to undo"):
        life.undo()
    assert content(life.redo()) == content(second)
    assert content(life.redo()) == content(third)
    with pytest.raises(InputError, match="nothing to redo"):
        life.redo()
    assert content(life.undo()) == content(second)
    assert life.now.version == 8
    assert [one.version for one in line_of(life.history, 8).undone] == [3]


def test_a_new_change_ends_redoing(life: Life) -> None:
    life.edit(set_values(life.now, ["occupation=pilot"]))
    life.undo()
    life.edit(set_values(life.now, ["occupation=diver"]))
    with pytest.raises(InputError, match="only an undo that nothing followed"):
        life.redo()
    assert life.undo().profile.occupation == "tram dispatcher"


def test_nothing_is_undone_across_an_import(life: Life) -> None:
    life.edit(set_values(life.now, ["occupation=pilot"]))
    fresh = life.now.model_copy(update={"biography": "From a file."})
    life.now = life.people.save(fresh)
    with pytest.raises(InputError, match=r"version 3 .* was not made by an edit"):
        life.undo()
    assert life.stale() == []
    life.edit(set_values(life.now, ["occupation=diver"]))
    assert life.undo().biography == "From a file."


def test_stale_parts_add_up_until_refreshed_or_undone(life: Life) -> None:
    assert life.stale() == []
    life.edit(set_values(life.now, ["occupation=pilot"]))
    after = life.stale()
    assert "passage:depot" in after and "memory:m02" in after
    life.edit(add_experience(life.now, "1980: I hid under the boat."))
    assert life.stale() == [*after, "passage:e04", "memory:of e04"]
    place = next(one for one in stale(life.now, life.history) if one.key == "passage:depot")
    assert place.span is not None
    assert life.now.text_of(place.span).startswith("At the depot")
    life.edit(
        Changed(
            life.now.model_copy(update={"biography": "x"}),
            Draft(kind="refresh", summary="", refreshed=("passage:depot",)),
        )
    )
    assert "passage:depot" not in life.stale()
    life.undo()
    assert "passage:depot" in life.stale()
    life.undo()
    assert life.stale() == after
    life.undo()
    assert life.stale() == []


def test_what_is_gone_is_not_stale(life: Life) -> None:
    life.edit(set_values(life.now, ["occupation=pilot"]))
    life.edit(forget(life.now, "depot"))
    assert life.stale() == []


def test_stale_parts_are_findings_with_a_place(life: Life) -> None:
    life.edit(set_values(life.now, ["occupation=pilot"]))
    found = stale_findings(life.now, life.history)
    assert {one.severity for one in found} == {"warning"}
    first = found[0]
    assert (first.kind, first.episode) == ("stale", "depot")
    assert first.message.startswith("passage depot was not refreshed: ")
    assert first.span == life.now.episodes[1].span
