import json

from personas.authoring.biography import LIMIT, biography_findings, write_biography
from personas.authoring.manuscript import Manuscript
from personas.authoring.outline import plan_life
from personas.authoring.unmentioned import unmentioned
from simulacra.domain.call import Request
from simulacra.llm.scripted import ScriptedModel
from tests.support.authoring import author
from tests.support.novelist import compose, novelist
from tests.support.people import ilka

TEXT = (
    "Ilka Varga was born on 9 March 1972 in Szeged, Hungary, in a low-income family of four. She "
    "went to vocational school, speaks Hungarian and Serbian, and dispatches trams. At the depot "
    "she mends radios, pickles, and plays chess by post; she wants to fix the shortwave set and "
    "to write to Judit, and one day to own a house above the flood line. Widowed, she signs with "
    "her left hand."
)


def test_a_text_with_everything_lacks_nothing() -> None:
    assert unmentioned(ilka(), TEXT) == []


def test_each_attribute_left_out_is_named() -> None:
    for gone, label in (
        ("Serbian", "language"),
        ("chess by post", "hobby"),
        ("vocational school", "education"),
        ("Widowed", "marital status"),
        ("dispatches trams", "work"),
        ("house above the flood line", "long-term goal"),
    ):
        text = TEXT.replace(gone, "").replace("depot", "")
        assert label in [found for found, _ in unmentioned(ilka(), text)], gone
    assert ("name", "Ilka Varga") in unmentioned(ilka(), TEXT.replace("Ilka Varga", "Somebody"))
    assert ("gender", "female") in unmentioned(ilka(), "He was a man.")


def test_age_may_be_said_in_words_or_by_the_year_of_birth() -> None:
    labels = [label for label, _ in unmentioned(ilka(), "She is fifty-four.")]
    assert "age" not in labels
    assert "date of birth" in labels
    assert "age" in [label for label, _ in unmentioned(ilka(), "She is forty-four.")]


async def test_the_biography_tells_every_episode_and_attribute_in_at_most_1000_words() -> None:
    outline = await plan_life(author(novelist()), ilka(), 20)
    biography = await write_biography(author(novelist()), ilka(), outline, 800)
    assert biography_findings(ilka(), biography) == []
    assert [one.id for one in biography.written] == [one.id for one in outline.episodes]
    assert biography.words <= LIMIT


async def test_what_is_missing_is_asked_for_and_then_reported() -> None:
    outline = await plan_life(author(novelist()), ilka(), 5)
    requests: list[Request] = []

    def forgetful(request: Request) -> str:
        requests.append(request)
        said = [(one.role, one.text) for one in request.messages]
        told = json.loads(compose(said, "Told", request.seed or 0))
        for row in told["paragraphs"]:
            row["text"] = row["text"].replace("Serbian", "")
        return json.dumps(told)

    biography = await write_biography(author(ScriptedModel(forgetful)), ilka(), outline, 200)
    assert len(requests) == 3
    assert "language is not mentioned: Serbian" in requests[1].messages[-1].text
    findings = biography_findings(ilka(), biography)
    assert [one.kind for one in findings] == ["attribute-unmentioned"]


async def test_unknown_episodes_and_missing_ones_are_faults() -> None:
    outline = await plan_life(author(novelist()), ilka(), 5)
    requests: list[Request] = []

    def lost(request: Request) -> str:
        requests.append(request)
        said = [(one.role, one.text) for one in request.messages]
        told = json.loads(compose(said, "Told", request.seed or 0))
        if len(requests) == 1:
            told["paragraphs"][2]["episode"] = "e99"
        return json.dumps(told)

    biography = await write_biography(author(ScriptedModel(lost)), ilka(), outline, 200)
    assert len(requests) == 2
    assert "there is no episode 'e99'" in requests[1].messages[-1].text
    assert "episode e03" in requests[1].messages[-1].text
    assert len(biography.written) == 5


def test_a_long_biography_is_a_finding() -> None:
    from personas.authoring.manuscript import Chapter

    chapter = Chapter(
        id="e01", when="1990", age=18, title="", paragraphs=(f"{TEXT} " + "so " * 1000,)
    )
    found = biography_findings(ilka(), Manuscript(chapters=(chapter,)))
    assert [one.kind for one in found] == ["biography-length"]
