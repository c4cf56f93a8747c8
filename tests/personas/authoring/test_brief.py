import pytest

from personas.authoring.gate import Gate
from personas.authoring.manuscript import uncovered
from personas.authoring.pipeline import Pipeline
from personas.authoring.settings import WriteSettings
from simulacra.errors import BadReply, InputError
from simulacra.llm.scripted import ScriptedModel
from tests.support.authoring import FakeReviews, author
from tests.support.embedders import HashEmbedder
from tests.support.led import SMALL, lead
from tests.support.people import ilka


async def test_a_small_model_is_led_through_a_dated_life() -> None:
    written, _ = await lead()
    person = written.persona
    assert [one.when for one in person.episodes] == ["1978", "1989", "1999", "2010", "2021"]
    assert [one.age for one in person.episodes] == [5, 16, 26, 37, 48]
    assert uncovered(person.story, person.episodes) == ""
    for episode in person.episodes:
        text = person.text_of(episode.span)
        assert text.startswith(f"In {episode.when} Ilka Varga was {episode.age} years old.")
    assert 5 * 40 < person.story_words <= 1.1 * 700


async def test_what_a_small_model_leaves_out_is_reported() -> None:
    written, _ = await lead()
    kinds = {one.kind for one in written.findings}
    assert "attribute-unmentioned" in kinds


async def test_an_event_told_again_is_asked_for_anew_and_then_reported() -> None:
    written, requests = await lead(dull=True)
    asked = [one for one in requests if one.prompt_name == "outline_brief"]
    assert len(asked) == 1 + 4 * 4
    twice = [one for one in written.findings if one.kind == "event-repeated"]
    assert [one.episode for one in twice] == ["e02", "e03", "e04", "e05"]
    assert "1989 tells the same event as 1978" in twice[0].message


async def test_a_model_that_says_nothing_gives_no_life() -> None:
    gate = Gate(FakeReviews(), "ilka-varga", auto_approve=True, by="test")
    model = ScriptedModel(lambda _: " ", info=SMALL)
    with pytest.raises(BadReply, match="told no event for 1974 in 4 tries"):
        await Pipeline(author(model), WriteSettings(), gate, HashEmbedder()).write(ilka())


async def test_the_paper_strategy_is_not_for_small_models() -> None:
    gate = Gate(FakeReviews(), "ilka-varga", auto_approve=True, by="test")
    model = ScriptedModel(lambda _: "x", info=SMALL)
    settings = WriteSettings(strategy="paper")
    with pytest.raises(InputError, match="strategy outline only"):
        await Pipeline(author(model), settings, gate, HashEmbedder()).write(ilka())
