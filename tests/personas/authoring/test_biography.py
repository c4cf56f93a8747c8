import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personas.authoring.biography import LIMIT, biography_findings, write_biography
from personas.authoring.manuscript import Manuscript
from personas.authoring.mentions import Mentions
from personas.authoring.outline import plan_life
from personas.authoring.unmentioned import unmentioned
from personas.checks.door import contradictions
from personas.library import library
from simulacra.domain.call import Request
from simulacra.domain.persona import Persona
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


TOLD = [
    ("hobby", "underwater hockey", "On Sundays she plays hockey underwater.", True),
    ("hobby", "underwater hockey", "Hockey was her joy. She played it underwater.", True),
    ("hobby", "underwater hockey", "The road was underwater for a week.", False),
    ("hobby", "underwater hockey", "The bar had a hockey table, a relic of her aunt.", False),
    ("hobby", "underwater hockey", "She loved hockey. It rained. The road was underwater.", False),
    ("hobby", "chess by post", "She plays chess, a move a week, by post.", True),
    ("hobby", "chess by post", "The post came late.", False),
    ("hobby", "mending radios", "She mends a radio on most evenings.", True),
    ("hobby", "pickling", "She pickles what she grows.", True),
    ("hobby", "pickling", "She was in a pick-up truck.", False),
    ("hobby", "watching trams", "A tram passed.", True),  # "watching" says too little
    ("hobby", "sailing a small boat", "She sails. The boat is small.", True),
    ("hobby", "sailing a small boat", "She went to a sale in a small shop.", False),
    ("language", "Hungarian", "She speaks Hungarian.", True),
    ("language", "Hungarian", "She lives in Hungary.", False),
    ("language", "Quebec French", "They spoke the French of Quebec.", True),
    ("language", "Quebec French", "She ate French bread.", False),
    ("language", "a little Hindi", "With him she tried her Hindi.", True),
    ("language", "a little Hindi", "She was a little girl.", False),
    ("culture", "Hungarian", "She was born in Hungary.", True),
    ("culture", "Polish", "Her parents came from Poland.", True),
    ("culture", "Dutch", "She left the Netherlands.", True),
    ("culture", "Samoan", "It was the year of the cyclone in Samoa.", True),
    ("culture", "Polish", "She would polish the lamp and pole the boat.", False),
    ("culture", "Austrian", "She flew to Australia.", False),
    ("culture", "Igbo Nigerian", "It was the year that Nigeria won.", True),
    ("culture", "Igbo Nigerian", "She came from Ghana.", False),
    ("home", "Szeged, Hungary", "She lives in Szeged.", True),
    ("home", "Szeged, Hungary", "She lives in Hungary.", False),
    ("home", "Spain", "She came to a Spanish port.", True),
    ("home", "New York, United States", "She has a flat in New York.", True),
    ("home", "New York, United States", "A new house in York was hers.", False),
    ("work", "tram dispatcher", "She dispatches trams.", True),
    ("work", "tram dispatcher", "She works as a dispatcher.", True),
    ("work", "tram dispatcher", "She was the night dispatcher at the depot.", True),
    ("work", "tram dispatcher", "She took the tram to the bath.", False),
    ("work", "tram dispatcher", "A dispatcher shouted at her.", False),
    ("work", "owner of two buses", "She is the owner of the blue house.", True),  # the head noun
    ("work", "owner of two buses", "Two men sold her a book.", False),
    ("work", "photographer of weddings", "At weddings she photographs.", True),
    ("age", "54", "She is 54 years old.", True),
    ("age", "54", "Ilka, fifty-four, sat down.", True),
    ("age", "54", "A fifty-four-year-old, she sat down.", True),
    ("age", "54", "At fifty-four she sat down.", True),
    ("age", "54", "She counted fifty-four trams.", False),
    ("age", "54", "It was 540 metres.", False),
    ("date of birth", "1972-03-09", "She was born on 9 March.", False),
    ("date of birth", "1972-03-09", "She was born on 9 March 1972.", True),
    ("handedness", "left", "She signs with the left hand.", True),
    ("handedness", "left", "She is left-handed.", True),
    ("handedness", "left", "She left the house.", False),
    ("genotype", "AS", "Her genotype was AS.", True),
    ("genotype", "AS", "She was as thin as a rail.", False),
    ("debts", "$18,400 on the engine", "Eighteen thousand four hundred, for the engine.", True),
    ("debts", "$18,400 on the engine", "The engine cost 18,500 dollars.", False),
    ("mother", "Selvi, thread trimmer", "Her mother Selvi laughed.", True),
    ("mother", "Selvi, thread trimmer", "Selvi, a neighbour, laughed.", False),
    ("mother", "Selvi, thread trimmer", "Her mother laughed.", False),
    ("health", "bad knees; a deaf ear since May", "Her knees are bad, and one ear is deaf.", True),
    ("health", "bad knees; a deaf ear since May", "Her hip is bad. It rained in May.", False),
    ("children", "none", "It rained.", True),
]


@pytest.mark.parametrize(("label", "value", "text", "told"), TOLD)
def test_what_tells_an_attribute(label: str, value: str, text: str, told: bool) -> None:
    changes: dict[str, Any] = {
        "hobby": {"hobbies": (value,)},
        "language": {"languages": (value,)},
        "culture": {"culture": value},
        "home": {"place": value},
        "work": {"occupation": value},
        "age": {},
        "date of birth": {},
    }.get(label, {"attributes": {label: value}})
    profile = ilka().profile.model_copy(update=changes)
    person = ilka().model_copy(update={"profile": profile})
    assert ((label, value) not in unmentioned(person, text)) is told


WORDS = st.lists(
    st.sampled_from(
        [
            "lantern",
            "orchard",
            "violin",
            "glacier",
            "saddle",
            "marble",
            "tunnel",
            "harvest",
            "pigeon",
        ]
    ),
    min_size=1,
    max_size=5,
    unique=True,
)
FILLER = "It rained all night. Nobody came."


@given(WORDS, st.randoms(use_true_random=False))
def test_words_near_one_another_tell_and_words_far_apart_do_not(
    words: list[str], chance: random.Random
) -> None:
    value = " ".join(words)
    shuffled = chance.sample(words, len(words))
    assert Mentions(f"{FILLER} She had {', '.join(f'{one}s' for one in shuffled)}.").tells(value)
    apart = Mentions(f" {FILLER} ".join(f"She saw a {one}." for one in words))
    assert apart.tells(value) is (len(words) == 1)
    assert not Mentions(FILLER).tells(value)


@pytest.mark.parametrize("person", library(), ids=lambda one: one.id)
def test_the_lives_of_the_library_tell_every_attribute(person: Persona) -> None:
    assert unmentioned(person, f"{person.biography}\n{person.story}") == []


def test_few_hobbies_and_goals_of_others_are_taken_for_told() -> None:
    asked = wrong = 0
    for one in library():
        for other in library():
            if one.id != other.id:
                known = (*one.profile.hobbies, *one.profile.short_term_goals)
                found = unmentioned(one, f"{other.biography}\n{other.story}")
                asked += len(known)
                wrong += len(set(known) - {value for _, value in found})
    assert asked == 336
    assert wrong <= 10


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


async def test_contradictions_are_named_when_it_is_asked_for_again() -> None:
    outline = await plan_life(author(novelist()), ilka(), 5)
    requests: list[Request] = []

    def careless(request: Request) -> str:
        requests.append(request)
        said = [(one.role, one.text) for one in request.messages]
        told = json.loads(compose(said, "Told", request.seed or 0))
        if len(requests) == 1:
            told["paragraphs"][2]["text"] += " The fair opened on 31 April 1990."
        return json.dumps(told)

    biography = await write_biography(
        author(ScriptedModel(careless)), ilka(), outline, 200, check=contradictions
    )
    assert len(requests) == 2
    assert "there is no such day: 31 April 1990" in requests[1].messages[-1].text
    assert "31 April" not in biography.story()[0]


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
