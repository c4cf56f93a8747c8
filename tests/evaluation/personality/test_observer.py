"""What an observer of an interview is shown, and what is made of the ratings."""

import pytest

from evaluation.personality.materials import interview
from evaluation.personality.observer import InterviewView, facet_ends, observed, views
from evaluation.raters.base import Rating, Unrated
from evaluation.raters.model import reply_schema
from simulacra.domain.answer import Answer, Missing, MissingCode, Response
from simulacra.domain.call import Request
from simulacra.domain.persona import DOMAINS, FACETS
from simulacra.prompting import find_template
from tests.support.snapshots import Snapshots, readable

SAID = (
    ("What did your last week look like?", "I mended two clocks and slept badly."),
    ("What weighs on you at present?", "The rent, and my brother's knee."),
)
VIEW = InterviewView(domain="neuroticism", interview=SAID)


def told(text: str) -> dict[str, Response]:
    return {item.id: Answer(text=text) for item in interview().items}


def test_the_prompt_as_a_rater_gets_it(snapshots: Snapshots) -> None:
    prompt = find_template(VIEW.prompt, VIEW.folder).render(VIEW.variables)
    request = Request(
        agent="rater", prompt_name=prompt.name, prompt_hash=prompt.hash, messages=prompt.messages
    )
    snapshots.check("rate_interview", readable(request))


def test_every_facet_has_its_ends_and_a_scale_with_a_way_out() -> None:
    assert list(facet_ends()) == list(FACETS)
    texts = [text for ends in facet_ends().values() for text in (ends.low, ends.high)]
    assert len(set(texts)) == 60
    schema = reply_schema(VIEW.scales, reasons=False).model_json_schema()
    assert list(schema["properties"]) == list(DOMAINS["neuroticism"])
    assert {(one["minimum"], one["maximum"]) for one in schema["properties"].values()} == {(0, 5)}


def test_a_small_model_gets_shorter_answers_and_all_of_them() -> None:
    long = tuple((question, "word " * 400) for question, _ in SAID)
    cut = InterviewView(domain="openness", interview=long).within(500)
    assert len(cut.interview) == 2
    assert all(20 < len(answer.split()) < 200 for _, answer in cut.interview)
    assert VIEW.within(500) == VIEW


def test_five_views_of_each_interview_and_none_without_answers() -> None:
    gone = Missing(code=MissingCode.REFUSED)
    found = views(
        interview(),
        {
            ("a", 1): told("Well."),
            ("a", 2): {**told("So."), "week": gone},
            ("b", 1): dict.fromkeys(told(""), gone),
        },
    )
    assert [one.person for one in found] == ["a"] * 10
    assert [one.view.domain for one in found[:5]] == list(DOMAINS)
    assert (len(found[0].view.interview), len(found[5].view.interview)) == (10, 9)
    assert all("week" not in str(one.view.model_dump()) or one.replicate == 1 for one in found)


def test_levels_are_means_over_raters_and_replicates() -> None:
    seen = [
        one
        for one in views(interview(), {("a", 1): told("Yes."), ("a", 2): told("No.")})
        if one.view.domain == "neuroticism"
    ]
    facets = DOMAINS["neuroticism"]
    first = Rating(scores=dict.fromkeys(facets, 2.0))
    second = Rating(scores=dict.fromkeys(facets, 4.0) | {"anger": 0.0})
    ratings = {
        seen[0].view.id: {"x": first, "y": second},
        seen[1].view.id: {"x": Unrated(why="it wrote a poem"), "y": second},
    }
    levels = observed(seen, ratings)["a"]
    assert levels["anxiety"] == pytest.approx((3 + 4) / 2)
    assert levels["anger"] == 2.0  # 0: the answers do not show it
    assert levels["neuroticism"] == pytest.approx((5 * 3.5 + 2) / 6)
    assert "extraversion" not in levels
    nothing = {one.view.id: {"x": Unrated(why="no")} for one in seen}
    assert observed(seen, nothing) == {"a": {}}
