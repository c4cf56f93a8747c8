import asyncio
import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from personas.authoring.gate import Gate, ReviewNeeded, decide
from personas.authoring.manuscript import uncovered
from personas.authoring.pipeline import Pipeline, Progress, Written
from personas.authoring.settings import Strategy, WriteSettings
from personas.checks.door import contradictions
from personas.checks.finding import Check, Finding
from simulacra.domain.authoring import Decision, Product
from simulacra.domain.call import Completion, Request
from simulacra.domain.persona import Persona
from tests.support.authoring import FakeLedger, FakeReviews, author
from tests.support.embedders import HashEmbedder
from tests.support.novelist import novelist
from tests.support.people import ilka

STRATEGIES: tuple[Strategy, ...] = ("outline", "paper")


class Stopped(Exception):
    pass


class Shuffled:
    """The novelist, whose replies come back in an order of chance."""

    def __init__(self, seed: int) -> None:
        self._inner, self._chance = novelist(faulty=0.1), random.Random(seed)
        self.info = self._inner.info

    async def complete(self, request: Request) -> Completion:
        for _ in range(self._chance.randrange(4)):
            await asyncio.sleep(0)
        return await self._inner.complete(request)


async def write(
    strategy: Strategy = "outline",
    words: int = 1500,
    *,
    ledger: FakeLedger | None = None,
    reviews: FakeReviews | None = None,
    model: object = None,
    auto: bool = True,
    persona: Persona | None = None,
    check: Check = lambda _: (),
    heard: list[Progress] | None = None,
    gate_every: int = 10,
) -> Written:
    gate = Gate(reviews or FakeReviews(), "ilka-varga", auto_approve=auto, by="test")
    pipeline = Pipeline(
        author(model or novelist(), ledger),  # type: ignore[arg-type]
        WriteSettings(words=words, strategy=strategy, gate_every=gate_every),
        gate,
        HashEmbedder(),
        check=check,
        heard=(heard if heard is not None else []).append,
    )
    return await pipeline.write(persona or ilka())


@pytest.mark.parametrize("strategy", STRATEGIES)
async def test_a_character_of_ten_thousand_words(strategy: Strategy) -> None:
    heard: list[Progress] = []
    written = await write(strategy, 10_000, heard=heard)
    person = written.persona
    assert 9_000 <= person.story_words <= 11_000
    assert len(person.biography.split()) <= 1_000
    assert uncovered(person.story, person.episodes) == ""
    assert all(one.when and one.age is not None for one in person.episodes)
    assert len(person.episodes) == 20
    assert len(person.facts) >= 100
    for fact in person.facts:
        (episode,) = [one for one in person.episodes if one.id == fact.episode]
        assert episode.span.start <= fact.span.start < fact.span.end <= episode.span.end
    assert written.findings == ()
    assert person.source == "written"
    assert person.extra["written"]["strategy"] == strategy
    assert len(person.memories) == 20
    assert person.questions == ()
    assert [one.stage for one in heard if one.done == 0] == [
        "outline", "biography", "story", "facts", "memories",
    ] or strategy == "paper"  # fmt: skip
    assert heard[-1].words == person.story_words


@pytest.mark.parametrize("strategy", STRATEGIES)
async def test_running_again_buys_nothing_and_changes_nothing(strategy: Strategy) -> None:
    ledger, reviews = FakeLedger(), FakeReviews()
    first = await write(strategy, ledger=ledger, reviews=reviews)
    bought, decided = len(ledger.kept), len(reviews.rows)
    assert await write(strategy, ledger=ledger, reviews=reviews) == first
    assert (len(ledger.kept), len(reviews.rows)) == (bought, decided)


@settings(max_examples=8)
@given(st.sampled_from(STRATEGIES), st.integers(0, 1000))
def test_the_order_of_replies_decides_nothing(strategy: Strategy, seed: int) -> None:
    one = asyncio.run(write(strategy, 900, model=Shuffled(seed)))
    other = asyncio.run(write(strategy, 900, model=Shuffled(seed + 1)))
    assert one == other


@pytest.mark.parametrize("strategy", STRATEGIES)
async def test_a_write_cut_off_anywhere_ends_the_same(strategy: Strategy) -> None:
    whole = FakeLedger()
    expected = await write(strategy, ledger=whole)
    ledger, reviews = FakeLedger(), FakeReviews()
    model = novelist()
    for allowed in (0, 1, 2, 3):
        left = [allowed]

        class Cut:
            info = model.info

            async def complete(self, request: Request, left: list[int] = left) -> Completion:
                if not left[0]:
                    raise Stopped
                left[0] -= 1
                return await model.complete(request)

        with pytest.raises(Stopped):
            await write(strategy, ledger=ledger, reviews=reviews, model=Cut())
    assert await write(strategy, ledger=ledger, reviews=reviews) == expected
    assert ledger.calls.keys() == whole.calls.keys()
    assert len(ledger.kept) == len(whole.kept)


async def test_every_gate_waits_and_goes_on_where_it_stopped() -> None:
    ledger, reviews = FakeLedger(), FakeReviews()
    waited: list[Product] = []
    for _ in range(20):
        try:
            written = await write(
                words=3000, ledger=ledger, reviews=reviews, auto=False, gate_every=2
            )
            break
        except ReviewNeeded as needed:
            waited.append(needed.product)
            decide(reviews, "ilka-varga", needed.product, Decision.APPROVED, by="kim")
    assert [(one.stage, one.part) for one in waited] == [
        ("outline", ""),
        ("biography", ""),
        ("story", "after 2"),
        ("story", "after 4"),
        ("story", "after 6"),
        ("story", ""),
        ("facts", ""),
        ("memories", ""),
    ]
    assert waited[5].text.startswith("## e01 | 1977-04 | age 5 |")
    assert len(ledger.kept) == len(ledger.calls)
    assert written == await write(words=3000, gate_every=2)


async def approved_until(stage: str, part: str = "", **given: object) -> Product:
    """Approve what waits until this product does."""
    for _ in range(20):
        try:
            await write(auto=False, **given)  # type: ignore[arg-type]
        except ReviewNeeded as needed:
            if (needed.product.stage, needed.product.part) == (stage, part):
                return needed.product
            reviews = given["reviews"]
            assert isinstance(reviews, FakeReviews)
            decide(reviews, "ilka-varga", needed.product, Decision.APPROVED, by="kim")
    raise AssertionError(f"{stage} never waited")


async def test_a_rejected_stage_is_written_anew_with_the_reason_before_the_writer() -> None:
    ledger, reviews = FakeLedger(), FakeReviews()
    given = {"ledger": ledger, "reviews": reviews}
    first = await approved_until("biography", **given)
    decide(reviews, "ilka-varga", first, Decision.REJECTED, by="kim", reason="More weather.")
    second = await approved_until("biography", **given)
    assert second.text != first.text
    stages = Counter(step.stage for step in ledger.kept)
    assert stages == {"outline": 1, "biography": 2}
    assert ledger.kept[-1].attempt == 2
    prompt = list(ledger.calls.values())[-1].request.messages[-1].text
    assert "A reviewer asks of this biography: More weather." in prompt


@pytest.mark.parametrize("strategy", STRATEGIES)
async def test_regenerating_a_piece_of_the_story_keeps_what_came_before(strategy: Strategy) -> None:
    ledger, reviews = FakeLedger(), FakeReviews()
    given = {"ledger": ledger, "reviews": reviews, "gate_every": 2, "words": 2000,
             "strategy": strategy}  # fmt: skip
    first = await approved_until("story", "after 2", **given)
    decide(reviews, "ilka-varga", first, Decision.APPROVED, by="kim")
    second = await approved_until("story", "after 4", **given)
    bought = len(ledger.kept)
    decide(reviews, "ilka-varga", second, Decision.REGENERATED, by="kim")
    third = await approved_until("story", "after 4", **given)
    new = ledger.kept[bought:]
    assert third.text != second.text
    # The first wave of the outline ends within the piece: the facts of what was rewritten follow.
    assert {step.stage for step in new} <= {"story", "facts"}
    told = [one for one in new if one.stage == "story" and not one.part.startswith("summary")]
    assert {step.attempt for step in told} == {2}


async def test_an_edit_is_kept_and_only_what_depends_on_it_is_bought_anew() -> None:
    ledger, reviews = FakeLedger(), FakeReviews()
    given = {"ledger": ledger, "reviews": reviews, "words": 2000}
    story = await approved_until("story", **given)
    bought = len(ledger.kept)
    edited = story.text.replace("\n\n## e02", "\n\nShe swore at a goose.\n\n## e02")
    better = story.model_copy(update={"text": edited})
    decide(reviews, "ilka-varga", story, Decision.EDITED, by="kim", replacement=better)
    memories = await approved_until("memories", **given)
    decide(reviews, "ilka-varga", memories, Decision.APPROVED, by="kim")
    written = await write(auto=False, **given)  # type: ignore[arg-type]
    assert "She swore at a goose." in written.persona.story
    assert uncovered(written.persona.story, written.persona.episodes) == ""
    # Episodes of the first wave were read before; of these only the edited one is read anew.
    new = ledger.kept[bought:]
    assert {step.part.split()[0] for step in new if step.stage == "facts"} == {"e01", "e02", "e04"}
    assert {step.stage for step in new} == {"facts", "memories"}


async def test_an_edited_outline_changes_the_story() -> None:
    ledger, reviews = FakeLedger(), FakeReviews()
    given = {"ledger": ledger, "reviews": reviews}
    outline = await approved_until("outline", **given)
    edited = outline.text.replace("title: The", "title: That", 1)
    better = outline.model_copy(update={"text": edited})
    decide(reviews, "ilka-varga", outline, Decision.EDITED, by="kim", replacement=better)
    written = await write(**given)  # type: ignore[arg-type]
    assert written.persona.episodes[0].title.startswith("That ")


async def test_a_contradiction_stops_also_batch_work() -> None:
    def check(persona: Persona) -> list[Finding]:
        wrong = persona.story.split()[0] if persona.story else ""
        return [Finding(kind="x", severity="contradiction", message=f"{wrong} is wrong")]

    with pytest.raises(ReviewNeeded) as needed:
        await write(check=check)
    assert needed.value.product.stage == "outline"
    assert "is wrong" in needed.value.product.findings[-1]["message"]


PLANTED = {
    "outline": ("happens: ", "happens: On 30 February 2010 it rained. "),
    "biography": ("\n\n## e02", " It was 30 February 2010.\n\n## e02"),
    "story": ("\n\n## e02", " It was 30 February 2010.\n\n## e02"),
    "facts": ("relation: owns\n  object: ", "relation: born_on\n  object: '2010-02-30' # "),
    "memories": ("I was there when", "On 30 February 2010 I was there when"),
}


@pytest.mark.parametrize("stage", PLANTED)
async def test_every_gate_checks_an_edited_text_again(stage: str) -> None:
    """What was let pass before there were checks waits where today's contradict it."""
    reviews, ledger = FakeReviews(), FakeLedger()
    product = await approved_until(stage, ledger=ledger, reviews=reviews)
    edited = product.model_copy(update={"text": product.text.replace(*PLANTED[stage], 1)})
    assert edited.text != product.text
    decide(reviews, "ilka-varga", product, Decision.EDITED, by="kim", replacement=edited)
    with pytest.raises(ReviewNeeded) as needed:
        await write(ledger=ledger, reviews=reviews, check=contradictions)
    found = needed.value.product
    assert (found.stage, found.text) == (stage, edited.text)
    assert "30" in found.findings[-1]["message"]
    decide(reviews, "ilka-varga", found, Decision.APPROVED, by="kim", reason="as she says")
    try:
        await write(ledger=ledger, reviews=reviews, check=contradictions)
    except ReviewNeeded as later:
        assert later.product.stage != stage  # what follows holds the same words


async def test_every_episode_is_remembered() -> None:
    written = await write()
    assert [one.episode for one in written.persona.memories] == [
        one.id for one in written.persona.episodes
    ]
    assert written.made == written.persona.memories
    assert all(one.content.startswith("I was there") for one in written.made)


async def test_an_episode_without_a_usable_memory_is_named_and_the_others_are_kept() -> None:
    full = novelist()

    class Forgetful:
        info = full.info

        async def complete(self, request: Request) -> Completion:
            done = await full.complete(request)
            first = request.agent == "memories" and "The episode, 1" in request.messages[-1].text
            if first and request.seed is not None and request.seed % 3 == 0:
                return done.model_copy(
                    update={"call": done.call.model_copy(update={"reply": "{}"})}
                )
            return done

    written = await write(model=Forgetful())
    missing = [one.episode for one in written.findings if one.kind == "memory-missing"]
    remembered = [one.episode for one in written.persona.memories]
    assert len(remembered) + len(missing) == len(written.persona.episodes)
    assert not set(remembered) & set(missing)


async def test_a_short_model_is_asked_to_go_on_and_then_the_reason_is_said() -> None:
    full = novelist()

    class Short:
        info = full.info

        async def complete(self, request: Request) -> Completion:
            done = await full.complete(request)
            if request.agent != "story":
                return done
            text = " ".join(done.text.split()[:60]) + "."
            return done.model_copy(update={"call": done.call.model_copy(update={"reply": text})})

    written = await write(words=3000, model=Short())
    kinds = Counter(one.kind for one in written.findings)
    assert kinds["story-length"] == 1
    (length,) = [one for one in written.findings if one.kind == "story-length"]
    assert "not 3,000 within a tenth: the model's episodes stayed short" in length.message


async def test_a_passage_that_repeats_is_written_again_or_reported() -> None:
    phrase = "The lamp on the pier went out and nobody lit it again that year."
    full = novelist()

    class Parrot:
        info = full.info

        def __init__(self, *, stubborn: bool) -> None:
            self.stubborn, self.asked = stubborn, 0

        async def complete(self, request: Request) -> Completion:
            done = await full.complete(request)
            if request.agent != "story":
                return done
            named = "It repeats a phrase of episode" in request.messages[-1].text
            self.asked += named
            if named and not self.stubborn:
                return done
            call = done.call.model_copy(update={"reply": f"{done.text} {phrase}"})
            return done.model_copy(update={"call": call})

    willing = Parrot(stubborn=False)
    written = await write(words=2000, model=willing)
    assert willing.asked == 4
    assert repeats_in(written) == []
    stubborn = Parrot(stubborn=True)
    written = await write(words=2000, model=stubborn)
    assert stubborn.asked == 8
    found = [one for one in written.findings if one.kind == "phrase-repeated"]
    assert {one.episode for one in found} == {"e02", "e03", "e04", "e05"}
    assert all("lamp on the pier went out" in one.detail for one in found)
    assert all(one.span and one.other_span for one in found)


def repeats_in(written: Written) -> list[str]:
    return [one.kind for one in written.findings if one.kind == "phrase-repeated"]
