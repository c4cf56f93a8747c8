from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from simulacra.domain.change import Dependent, Draft
from simulacra.domain.memory import Span
from simulacra.errors import InputError
from simulacra.storage.changes import ChangeRepository
from simulacra.storage.database import Database
from simulacra.storage.personas import PersonaRepository
from tests.support.studies import person

DRAFT = Draft(
    kind="set",
    summary="occupation: pilot",
    stale=(Dependent(kind="passage", id="e1", why="tells", span=Span(start=1, end=3), quote="ab"),),
    details={"values": [{"key": "occupation", "old": "", "new": "pilot"}]},
)


@pytest.fixture
def changes(database: Database) -> ChangeRepository:
    seconds: Iterator[int] = iter(range(1, 1000))
    return ChangeRepository(database, clock=lambda: float(next(seconds)))


@pytest.fixture
def people(database: Database) -> PersonaRepository:
    return PersonaRepository(database)


def test_a_change_and_its_version_are_stored_together(
    changes: ChangeRepository, people: PersonaRepository
) -> None:
    ada = people.save(person())
    stored, change = changes.apply(
        ada.model_copy(update={"biography": "She flies."}), DRAFT, by="zoe"
    )
    assert (stored.version, change.base, change.version, change.number) == (2, 1, 2, 1)
    assert (change.by, change.at) == ("zoe", datetime.fromtimestamp(1, UTC))
    assert people.get("ada-byron") == stored
    assert people.get("ada-byron", 1) == ada
    changes.apply(ada.model_copy(update={"version": 2}), DRAFT, by="max")
    listed = changes.list("ada-byron")
    assert listed[0] == change
    assert [(one.number, one.base, one.version, one.by) for one in listed] == [
        (1, 1, 2, "zoe"), (2, 2, 3, "max"),
    ]  # fmt: skip
    assert changes.list("zoe-abel") == []


def test_what_changes_nothing_leaves_no_row(
    changes: ChangeRepository, people: PersonaRepository
) -> None:
    ada = people.save(person())
    with pytest.raises(InputError, match="changes nothing about Ada Byron"):
        changes.apply(ada, DRAFT, by="zoe")
    assert changes.list("ada-byron") == []


def test_two_editors_do_not_overwrite_each_other(
    changes: ChangeRepository, people: PersonaRepository
) -> None:
    ada = people.save(person())
    changes.apply(ada.model_copy(update={"biography": "She flies."}), DRAFT, by="zoe")
    with pytest.raises(InputError, match=r"meanwhile \(version 2\)"):
        changes.apply(ada.model_copy(update={"biography": "She sails."}), DRAFT, by="max")
    assert people.get("ada-byron").biography == "She flies."
    assert len(people.list()) == 1 and len(changes.list("ada-byron")) == 1
