from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from simulacra.domain.authoring import Decision, Product, WorkStatus
from simulacra.errors import UnknownName
from simulacra.storage.authoring import AuthoringRepository
from simulacra.storage.database import Database
from tests.support.studies import call


@pytest.fixture
def authoring(database: Database) -> AuthoringRepository:
    seconds: Iterator[int] = iter(range(1, 1000))
    return AuthoringRepository(database, clock=lambda: float(next(seconds)))


def test_a_call_comes_back_as_it_was(authoring: AuthoringRepository) -> None:
    assert authoring.find("ada", "k1") is None
    authoring.keep("ada", "k1", call("outline"), stage="outline")
    assert authoring.find("ada", "k1") == call("outline")
    assert authoring.find("zoe", "k1") is None


def test_a_key_is_kept_once(authoring: AuthoringRepository) -> None:
    authoring.keep("ada", "k1", call("outline"), stage="outline")
    authoring.keep("ada", "k1", call("outline", words="Another?"), stage="outline")
    assert authoring.find("ada", "k1") == call("outline")
    assert authoring.sums("ada")[0].calls == 1


def test_sums_are_by_stage_in_the_order_of_the_work(authoring: AuthoringRepository) -> None:
    authoring.keep("ada", "k1", call("story", seed=1), stage="story", part="e01")
    authoring.keep("ada", "k2", call("outline", seed=2), stage="outline", attempt=2)
    authoring.keep("ada", "k3", call("story", seed=3), stage="story", part="e02")
    authoring.keep("zoe", "k3", call("story", seed=3), stage="story")
    story, outline = authoring.sums("ada")
    assert (story.stage, story.calls, outline.stage, outline.calls) == ("story", 2, "outline", 1)
    assert (story.tokens_in, story.tokens_out, story.tokens_cached) == (200, 10, 120)
    assert (story.attempts, story.cost, story.latency) == (4, pytest.approx(0.002), 0.5)
    later = authoring.sums("ada", datetime.fromtimestamp(2, UTC))
    assert [(one.stage, one.calls) for one in later] == [("outline", 1), ("story", 1)]
    assert authoring.calls("ada", "story") == [call("story", seed=1), call("story", seed=3)]
    assert len(authoring.calls("ada")) == 3


def test_a_work_goes_on_until_it_is_done(authoring: AuthoringRepository) -> None:
    assert authoring.work("ada") is None
    first = authoring.begin("ada", {"words": 100})
    authoring.stand("ada", 1, WorkStatus.WAITING, "h1")
    again = authoring.begin("ada", {"words": 100})
    assert (again.number, again.created) == (1, first.created)
    assert (again.status, again.product) == (WorkStatus.WAITING, "h1")
    assert authoring.begin("ada", {"words": 200}).number == 2
    authoring.stand("ada", 2, WorkStatus.DONE)
    assert authoring.begin("ada", {"words": 200}).number == 3
    assert authoring.work("zoe") is None


def test_reviews_are_added_and_never_changed(authoring: AuthoringRepository) -> None:
    outline = Product(stage="outline", text="a: 1", findings=({"kind": "x"},))
    better = Product(stage="outline", text="a: 2")
    authoring.save_product("ada", outline)
    authoring.save_product("ada", outline)
    authoring.review("ada", outline, Decision.REJECTED, by="kim", reason="dull")
    authoring.review("ada", outline, Decision.EDITED, by="lee", replacement=better)
    first, second = authoring.reviews("ada")
    assert (first.decision, first.by, first.reason) == (Decision.REJECTED, "kim", "dull")
    assert first.at < second.at
    assert second.product == outline.hash
    assert second.replacement is not None
    assert authoring.product("ada", second.replacement) == better
    assert authoring.product("ada", outline.hash) == outline
    assert authoring.reviews("zoe") == []
    with pytest.raises(UnknownName, match="no product 'h9'"):
        authoring.product("ada", "h9")
