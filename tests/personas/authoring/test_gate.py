import pytest

from personas.authoring.gate import Gate, ReviewNeeded, decide, with_findings
from personas.checks.finding import Finding
from simulacra.domain.authoring import Decision, Product, Review
from simulacra.domain.base import content_hash
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


def wrong(*messages: str) -> list[Finding]:
    return [Finding(kind="dates", severity="contradiction", message=one) for one in messages]


def told(*messages: str, text: str = "text") -> Product:
    """A story in which these contradictions are found, and something to be warned of."""
    warning = Finding(kind="length", severity="warning", message=f"{len(messages)} wrong")
    return with_findings("story", text, [*wrong(*messages), warning])


def test_an_approval_holds_for_the_contradictions_that_were_seen() -> None:
    store = FakeReviews()
    decide(store, "ada", told(), Decision.APPROVED, by="kim")
    assert Gate(store, "ada").passed(told()) == told()
    for _ in range(2):  # asked again, it still waits
        with pytest.raises(ReviewNeeded) as waits:
            Gate(store, "ada").passed(told("born twice"))
    assert waits.value.product.findings == told("born twice").findings
    assert store.product("ada", waits.value.product.hash) == told("born twice")
    decide(store, "ada", told("born twice"), Decision.APPROVED, by="kim", reason="a myth")
    assert Gate(store, "ada").passed(told("born twice")) == told("born twice")
    with pytest.raises(ReviewNeeded):
        Gate(store, "ada").passed(told("born twice", "dead at five"))
    assert Gate(store, "ada").passed(told()) == told()  # the reason was for more than there is


def test_a_reason_given_for_nothing_excuses_nothing() -> None:
    store = FakeReviews()
    decide(store, "ada", told(), Decision.APPROVED, by="kim", reason="lovely")
    with pytest.raises(ReviewNeeded):
        Gate(store, "ada").passed(told("born twice"))


def test_batch_work_waits_for_a_new_contradiction_too() -> None:
    store = FakeReviews()
    Gate(store, "ada", auto_approve=True, by="batch").passed(told())
    with pytest.raises(ReviewNeeded):
        Gate(store, "ada", auto_approve=True, by="batch").passed(told("born twice"))
    for _ in range(2):
        gate = Gate(store, "ada", auto_approve=True, by="batch", reason="a myth")
        assert gate.passed(told("born twice")) == told("born twice")
    assert [row.reason for row in store.rows] == ["", "a myth"]


def test_an_edited_text_is_checked_again() -> None:
    store = FakeReviews()
    decide(store, "ada", told(), Decision.EDITED, by="kim", replacement=told(text="better"))
    gate = Gate(store, "ada")
    assert gate.passed(told(), lambda _: []).text == "better"
    with pytest.raises(ReviewNeeded) as waits:
        gate.passed(told(), lambda text: wrong(f"{text}, but born twice"))
    new = waits.value.product
    assert (new.text, new.findings[0]["message"]) == ("better", "better, but born twice")
    decide(store, "ada", new, Decision.APPROVED, by="kim", reason="a myth")
    checked = lambda text: wrong(f"{text}, but born twice")  # noqa: E731
    assert Gate(store, "ada").passed(told(), checked).text == "better"


def test_decisions_of_an_older_version_hold() -> None:
    """Their products were named by their text alone."""
    store = FakeReviews()
    for product, reason in ((told(), ""), (told("born twice", text="second"), "a myth")):
        digest = content_hash([product.stage, product.part, product.text])[:32]
        assert digest != product.hash
        store.products[digest] = product
        row = decide(store, "ada", product, Decision.APPROVED, by="kim", reason=reason)
        store.rows[-1] = Review.model_validate({**row.model_dump(), "product": digest})
        del store.products[product.hash]
    assert Gate(store, "ada").passed(told()) == told()
    second = told("born twice", text="second")
    assert Gate(store, "ada").passed(second) == second
    with pytest.raises(ReviewNeeded):
        Gate(store, "ada").passed(told("born twice"))
