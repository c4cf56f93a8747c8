import subprocess
import sys

import pytest

from simulacra.domain.learning import Learned, Source
from simulacra.domain.memory import Memory
from simulacra.errors import UnknownName
from simulacra.storage.claims import EXPIRES, new_claim
from simulacra.storage.database import Database
from simulacra.storage.learned import LearnedRepository, Step
from tests.conftest import ROOT
from tests.support.studies import call

STEP = Step(persona_id="ada", stream="chat", key="k", kind="consolidation", source="c1", upto=3)


@pytest.fixture
def learned(database: Database) -> LearnedRepository:
    times = iter(range(1_800_000_000, 1_900_000_000))
    return LearnedRepository(database, clock=lambda: float(next(times)))


def heard(store: LearnedRepository, name: str, stream: str = "chat") -> Learned:
    return Learned(
        memory=Memory(id=name, content=f"I heard {name}.", origin="conversation"),
        stream=stream,
        created=store.now(),
        sources=(Source(kind="conversation", id="c1", turns=(0, 2)),),
    )


def test_a_step_is_stored_once_with_all_it_brought(learned: LearnedRepository) -> None:
    one, two = heard(learned, "one"), heard(learned, "two", "run r replicate 1")
    assert not learned.done(STEP)
    assert learned.settle(STEP, [one, two])
    assert not learned.settle(STEP, [heard(learned, "three")])
    assert learned.list("ada") == [one, two]
    assert learned.list("ada", ["chat"]) == [one]
    assert learned.list("max") == []
    assert learned.memories("ada", ["chat"]) == (one.memory,)
    assert (learned.upto("ada", "chat", "c1"), learned.upto("ada", "chat", "c2")) == (3, 0)


def test_a_forgotten_memory_stays_and_comes_to_mind_no_more(learned: LearnedRepository) -> None:
    learned.settle(STEP, [heard(learned, "one")])
    assert learned.mark("ada", "chat", "one", "forgotten").status == "forgotten"
    assert [one.status for one in learned.list("ada")] == ["forgotten"]
    assert learned.memories("ada", ["chat"]) == ()
    with pytest.raises(UnknownName, match="no learned memory 'x'"):
        learned.mark("ada", "chat", "x", "kept")


def test_a_merge_changes_what_was_there(learned: LearnedRepository) -> None:
    one = heard(learned, "one")
    learned.settle(STEP, [one])
    more = one.model_copy(update={"sources": (*one.sources, Source(kind="told"))})
    learned.settle(STEP.model_copy(update={"key": "k2"}), [], [more])
    assert learned.list("ada") == [more]


def test_a_claim_keeps_others_out_until_it_is_given_back(learned: LearnedRepository) -> None:
    mine, other = new_claim(), new_claim()
    place = ("ada", "chat", "conversation c1")
    assert learned.claim(*place, mine)
    assert not learned.claim(*place, other)
    assert learned.claim("ada", "chat", "conversation c2", other)
    learned.release(mine)
    assert learned.claim(*place, other)


def test_a_claim_of_a_dead_process_or_a_silent_one_is_void(database: Database) -> None:
    now = 1_800_000_000.0
    learned = LearnedRepository(database, clock=lambda: now)
    place = ("ada", "chat", "conversation c1")
    code = "from simulacra.storage.claims import new_claim; print(new_claim())"
    gone = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout.strip()
    assert learned.claim(*place, gone)
    elsewhere = f"other-host|1|1|{'0' * 8}"
    assert learned.claim(*place, elsewhere)
    now += EXPIRES - 1
    learned.beat(elsewhere)
    now += EXPIRES - 1
    assert not learned.claim(*place, new_claim())
    now += 2
    assert learned.claim(*place, new_claim())


def test_a_bought_call_is_found_by_its_key(learned: LearnedRepository) -> None:
    assert learned.bought("ada", "k") is None
    learned.keep("ada", "k", call(), stream="chat", source="c1")
    assert learned.bought("ada", "k") == call()
    assert learned.calls("ada") == learned.calls("ada", "c1") == [call()]
    assert learned.calls("ada", "c2") == []
