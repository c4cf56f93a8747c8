import pytest

from personas.authoring.gate import Gate, ReviewNeeded, decide, with_findings
from personas.checks.finding import Finding
from simulacra.domain.authoring import Decision, Product
from simulacra.errors import InputError
from tests.support.authoring import FakeReviews

OUTLINE = Product(stage="outline", text="a")
BROKEN = with_findings(
    "story", "text", [Finding(kind="dates", severity="contradiction", message="born twice")]
)


def edited(text: str) -> Product:
    return OUTLINE.model_copy(update={"text": text})


def test_nothing_passes_undecided_and_what_waits_is_kept() -> None:
    store = FakeReviews()
    with pytest.raises(ReviewNeeded, match="the outline waits for a review") as waits:
        Gate(store, "ada").passed(OUTLINE)
    assert waits.value.product == OUTLINE
    assert store.product("ada", OUTLINE.hash) == OUTLINE
    assert store.rows == []


def test_an_approval_holds_for_one_text() -> None:
    store = FakeReviews()
    decide(store, "ada", OUTLINE, Decision.APPROVED, by="kim")
    assert Gate(store, "ada").passed(OUTLINE) == OUTLINE
    with pytest.raises(ReviewNeeded):
        Gate(store, "ada").passed(OUTLINE.model_copy(update={"text": "b"}))
    with pytest.raises(ReviewNeeded):
        Gate(store, "ada").passed(OUTLINE.model_copy(update={"part": "after 10"}))


def test_an_edit_stands_in_the_place_of_the_product_and_may_be_edited_again() -> None:
    store = FakeReviews()
    decide(store, "ada", OUTLINE, Decision.EDITED, by="kim", replacement=edited("b"))
    second = Gate(store, "ada").passed(OUTLINE)
    assert second.text == "b"
    decide(store, "ada", second, Decision.EDITED, by="kim", replacement=edited("c"))
    assert Gate(store, "ada").passed(OUTLINE).text == "c"
    third = Gate(store, "ada").passed(OUTLINE)
    decide(store, "ada", third, Decision.REJECTED, by="kim", reason="no")
    with pytest.raises(ReviewNeeded):
        Gate(store, "ada").passed(OUTLINE)
    decide(store, "ada", third, Decision.EDITED, by="kim", replacement=edited("a"))
    assert Gate(store, "ada").passed(OUTLINE).text == "a"


def test_sending_back_raises_the_attempt_of_that_piece_and_passes_the_reason_on() -> None:
    store = FakeReviews()
    later = OUTLINE.model_copy(update={"stage": "story", "part": "after 10"})
    decide(store, "ada", OUTLINE, Decision.REJECTED, by="kim", reason="too tidy")
    decide(store, "ada", later, Decision.REGENERATED, by="kim")
    gate = Gate(store, "ada")
    assert [gate.attempt("outline"), gate.attempt("story"), gate.attempt("story", "after 10")] == [
        2, 1, 2,
    ]  # fmt: skip
    assert (gate.note("outline"), gate.note("story")) == ("too tidy", "")
    with pytest.raises(ReviewNeeded):
        gate.passed(OUTLINE)


def test_batch_work_leaves_its_own_mark_once() -> None:
    store = FakeReviews()
    for _ in range(2):
        gate = Gate(store, "ada", auto_approve=True, by="batch")
        assert gate.passed(OUTLINE) == OUTLINE
    (row,) = store.rows
    assert (row.decision, row.by, row.product) == (Decision.AUTO_APPROVED, "batch", OUTLINE.hash)


def test_nothing_passes_an_open_contradiction_without_a_reason() -> None:
    store = FakeReviews()
    with pytest.raises(ReviewNeeded):
        Gate(store, "ada", auto_approve=True, by="batch").passed(BROKEN)
    said = r"1 open contradiction in the story \(born twice\): give a reason"
    with pytest.raises(InputError, match=said):
        decide(store, "ada", BROKEN, Decision.APPROVED, by="kim", reason=" ")
    assert store.rows == []
    passed = Gate(store, "ada", auto_approve=True, by="batch", reason="twins").passed(BROKEN)
    assert (passed, store.rows[0].reason) == (BROKEN, "twins")
    assert decide(store, "ada", BROKEN, Decision.APPROVED, by="kim", reason="ok").reason == "ok"


def test_a_rejection_says_why() -> None:
    with pytest.raises(InputError, match="say why it is rejected"):
        decide(FakeReviews(), "ada", OUTLINE, Decision.REJECTED, by="kim")


def test_an_edit_is_measured_by_what_it_makes_of_the_text() -> None:
    store = FakeReviews()
    whole = Product(stage="story", text="whole")
    with pytest.raises(InputError, match="give a reason"):
        decide(store, "ada", whole, Decision.EDITED, by="kim", replacement=BROKEN)
    assert store.rows == []
    decide(store, "ada", BROKEN, Decision.EDITED, by="kim", replacement=whole)
    assert Gate(store, "ada").passed(BROKEN) == whole
