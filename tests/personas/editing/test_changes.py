from datetime import date

import pytest

from personas.editing.changes import Changed, edit_memory, set_values
from personas.editing.dependents import dependents, fact_id
from personas.editing.experiences import add_experience, find, forget
from personas.editing.mentions import Value
from personas.library import library
from simulacra.domain.memory import Span
from simulacra.domain.persona import Fact, Persona, SelfReportQuestion
from simulacra.errors import InputError, UnknownName
from tests.support.people import ilka


def fact(person: Persona, relation: str, told: str, quote: str, episode: str) -> Fact:
    start = person.story.index(quote)
    span = Span(start=start, end=start + len(quote))
    return Fact(subject="Ilka Varga", relation=relation, object=told, episode=episode, span=span)


def with_facts() -> Persona:
    """Ilka with three facts and a question about an episode."""
    person = ilka()
    question = SelfReportQuestion(
        id="q02", kind="cloze", text="How many trams?", answer=("forty",), episode="depot"
    )
    return person.model_copy(
        update={
            "facts": (
                fact(person, "works_as", "night tram dispatcher", "on the night board", "depot"),
                fact(person, "does", "mends radios", "I mended a radio", "wedding"),
                fact(person, "sibling_of", "Judit", "Judit married in June", "wedding"),
            ),
            "questions": (*person.questions, question),
        }
    )


def keys(changed: Changed) -> list[str]:
    return [one.key for one in changed.draft.stale]


# ---- what depends -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text", "sentence"),
    [
        ("harbour pilot", "Night. The Pilots of a harbour met.", "The Pilots of a harbour met."),
        ("harbour pilot", "A pilot came. The harbour froze.", None),
        ("1985-02-11", "Rain. Born on 11 February 1985.", "Born on 11 February 1985."),
        ("1985-02-11", "In February 1985 it rained.", None),
        ("43", "At 43 one knows.", "At 43 one knows."),
        ("Arequipa, Peru", "They came to Arequipa.", "They came to Arequipa."),
        ("a cat named Ministerio de Finanzas", "Ministerio de Finanzas slept.",
         "Ministerio de Finanzas slept."),
        ("a cat named Ministerio de Finanzas", "A ministerio slept.", None),
        ("a nurse in a hospice at night, mostly alone", "Nurses work nights.", None),
        ("a nurse in a hospice at night, mostly alone", "Alone at night, a nurse reads.",
         "Alone at night, a nurse reads."),
        ("non-binary", "They are non-binary now.", "They are non-binary now."),
    ],
)  # fmt: skip
def test_a_sentence_mentions_a_value_with_all_its_words(
    value: str, text: str, sentence: str | None
) -> None:
    place = Value(value).found_in(text)
    assert (text[place.start : place.end] if place else None) == sentence


def test_dependents_are_found_by_mention_fact_and_link() -> None:
    person = with_facts()
    found = dependents(person, ["tram dispatcher"], key="occupation")
    assert [(one.key, one.why) for one in found] == [
        ("passage:depot", f"the fact ({fact_id(person.facts[0])}) rests on it"),
        (f"fact:{fact_id(person.facts[0])}", "mentions 'tram dispatcher'"),
        ("memory:m02", "remembers episode depot"),
        ("question:q02", "asks about episode depot"),
    ]
    assert found[0].quote == "on the night board"
    assert found == dependents(person, ["tram dispatcher"], key="occupation")


def test_a_question_depends_on_the_words_that_its_key_rests_on() -> None:
    question = SelfReportQuestion(
        id="q07",
        kind="single",
        text="Where did it happen?",
        options={"A": "at home", "B": "far away"},
        answer=("B",),
        quotes=("At the depot in Szeged I was put on the night board.",),
    )
    person = ilka().model_copy(update={"questions": (question,)})
    found = dependents(person, ["Szeged, Hungary"], key="place")
    assert [one.why for one in found if one.key == "question:q07"] == ["mentions 'Szeged, Hungary'"]
    assert person.hash() != ilka().hash()
    bare = question.model_copy(update={"quotes": ()})
    assert "quotes" not in bare.model_dump(), "questions without quotes keep their hash"


def test_a_fact_about_the_attribute_needs_one_word_only() -> None:
    person = with_facts()
    found = dependents(person, ["head dispatcher"], key="occupation")
    assert found[1].why == "tells of the occupation"
    assert dependents(person, ["head dispatcher"]) == ()


def test_without_episodes_paragraphs_are_the_passages() -> None:
    bare = with_facts().model_copy(update={"episodes": ()})
    assert [one.key for one in dependents(bare, ["hens"]) if one.kind == "passage"] == [
        "passage:p1"
    ]


# ---- attributes ---------------------------------------------------------------------------------


def test_an_attribute_is_set_and_what_depends_is_listed() -> None:
    changed = set_values(with_facts(), ["occupation=harbour pilot", "attributes.faith=none"])
    assert changed.persona.profile.occupation == "harbour pilot"
    assert changed.persona.profile.attributes["faith"] == "none"
    assert changed.draft.summary == (
        "occupation: tram dispatcher -> harbour pilot; attributes.faith: nothing -> none"
    )
    assert "passage:depot" in keys(changed)
    assert changed.persona.story == ilka().story


def test_a_new_name_touches_what_calls_the_person_by_the_old_first_name() -> None:
    person = ilka().model_copy(update={"biography": "Ilka kept the board."})
    whys = [one.why for one in set_values(person, ["name=Vera Varga"]).draft.stale]
    assert whys == ["mentions 'Ilka'", "mentions 'Ilka'"]
    assert set_values(person, ["name=Ilka Nagy"]).draft.stale == ()


def test_lists_and_levels_and_taking_away() -> None:
    person = ilka()
    changed = set_values(
        person,
        ['hobbies=["chess, by post", "rowing"]', "languages=Hungarian", "facets.anxiety=5",
         "attributes.handedness=", "isced="],
    ).persona  # fmt: skip
    assert changed.profile.hobbies == ("chess, by post", "rowing")
    assert changed.profile.languages == ("Hungarian",)
    assert changed.personality.facets["anxiety"] == 5
    assert changed.profile.attributes == {"marital_status": "widowed"}
    assert changed.profile.isced is None


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (["occupation"], "give key=value"),
        (["ocupation=pilot"], "did you mean occupation"),
        (["shoe size=39"], "try attributes.shoe size"),
        (["occupation=tram dispatcher"], "says so already"),
        (["age=55"], "age is 55, but born 1972-03-09 makes 54"),
        (["age=many"], "valid integer"),
        (["gender="], "needs a gender"),
        (["name="], "needs a name"),
        (["facets.anxiety=9"], "1 to 5"),
        (["facets.anxiety="], "all 30 or none"),
        (["hobbies=[1"], "give a list"),
        (["place=a", "place=b"], "set twice"),
        (["date_of_birth=1972-13-01"], "date"),
        (["date_of_birth=1971-03-09"], "makes 55"),
        (["date_of_birth=1985-03-09", "age=41"], "episode flood: its date 1981-04 lies before"),
        (["as_of=2017-11-01", "age=45"], "episode wedding: its date 2018-06-16 lies after"),
    ],
)
def test_what_does_not_fit_is_refused(settings: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        set_values(ilka(), settings)


def test_ages_follow_a_new_date_of_birth() -> None:
    person = ilka()
    episodes = tuple(
        one.model_copy(update={"age": age})
        for one, age in zip(person.episodes, (9, 27, 46), strict=True)
    )
    memories = (person.memories[0], person.memories[2])
    person = person.model_copy(update={"episodes": episodes, "memories": memories})
    changed = set_values(person, ["date_of_birth=1974-03-09", "age=52"])
    assert [one.age for one in changed.persona.episodes] == [7, 25, 44]
    assert [one.age for one in changed.persona.memories] == [7, 44]
    assert changed.persona.profile.date_of_birth == date(1974, 3, 9)
    whys = {one.key: one.why for one in changed.draft.stale}
    assert whys["passage:flood"] == "the age is 7 here now, and was 9"


# ---- experiences --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "place", "age"),
    [("1972", 0, 0), ("1981-04", 1, 9), ("1981-05-02", 1, 9), ("2003", 2, None), ("2026", 3, None)],
)
def test_an_experience_stands_at_its_date(when: str, place: int, age: int | None) -> None:
    changed = add_experience(ilka(), f"{when}: I learned to swim.", "Swimming")
    episode = changed.persona.episodes[place]
    assert (episode.id, episode.when, episode.title) == ("e04", when, "Swimming")
    assert changed.persona.text_of(episode.span) == "I learned to swim."
    assert episode.age == age
    assert keys(changed) == ["passage:e04", "memory:of e04"]
    assert changed.draft.stale[0].why == "stands in the person's own words"


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ("I learned to swim", "DATE: what happened"),
        ("2003-05:", "DATE: what happened"),
        ("May 2003: I swam", "YYYY"),
        ("2003-02-30: I swam", "no date 2003-02-30"),
        ("1971-12: I swam", "before the birth"),
        ("2026-12: I swam", "after 2026-11-01"),
        ("2003: ok\n## x | | | y", "no headings"),
    ],
)
def test_an_impossible_experience_is_refused(told: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        add_experience(ilka(), told)


# ---- forgetting ---------------------------------------------------------------------------------


def test_a_forgotten_episode_takes_its_own_along() -> None:
    changed = forget(with_facts(), "depot")
    person = changed.persona
    assert [one.id for one in person.episodes] == ["flood", "wedding"]
    assert [one.id for one in person.memories] == ["m01", "m03"]
    assert [one.id for one in person.questions] == ["q01"]
    assert [one.relation for one in person.facts] == ["does", "sibling_of"]
    assert changed.draft.details["removed"] == ["passage:depot", "memory:m02", "question:q02"]


def test_what_else_tells_of_it_is_listed() -> None:
    person = with_facts()
    board = "She runs the night board and dreams of Judit."
    changed = forget(person.model_copy(update={"biography": board}), "wedding")
    assert [(one.key, one.why) for one in changed.draft.stale] == [
        ("biography:", "wedding is forgotten, and this mentions 'Judit'")
    ]


def test_a_forgotten_memory_leaves_the_story() -> None:
    changed = forget(with_facts(), "m02")
    assert changed.persona.story == ilka().story
    assert [one.id for one in changed.persona.memories] == ["m01", "m03"]
    assert keys(changed) == ["passage:depot", "question:q02"]


def test_words_point_at_one_thing_or_at_none() -> None:
    person = ilka()
    assert find(person, "the married sister") == {}
    assert find(person, "Judit's wedding") == {"wedding": "2018-06-16"}
    assert [one.id for one in forget(person, "wedding of Judit").persona.episodes] == [
        "flood", "depot",
    ]  # fmt: skip
    with pytest.raises(UnknownName, match="none with all of these words"):
        forget(person, "a submarine")
    twice = person.model_copy(update={"story": person.story.replace("pencil", "radios")})
    with pytest.raises(InputError, match=r"several things.*depot \(1999-10-04\), wedding"):
        forget(twice, "radio")


# ---- memories -----------------------------------------------------------------------------------


def test_a_memory_is_edited() -> None:
    changed = edit_memory(ilka(), "m02", "content=I counted forty trams.")
    assert changed.persona.memories[1].content == "I counted forty trams."
    assert changed.draft.refreshed == ("memory:m02",)
    assert edit_memory(ilka(), "m02", "importance=9").persona.memories[1].importance == 9
    assert edit_memory(ilka(), "m02", "importance=").persona.memories[1].importance is None


@pytest.mark.parametrize(
    ("memory", "setting", "message"),
    [
        ("m99", "content=x", "no memory 'm99'"),
        ("m02", "content", "give one of content"),
        ("m02", "mood=odd", "give one of content"),
        ("m02", "content=", "--forget m02"),
        ("m02", "importance=11", "less than or equal to 10"),
        ("m02", "thought=A board that is kept does not lie.", "says so already"),
    ],
)
def test_an_edit_that_does_not_fit_is_refused(memory: str, setting: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        edit_memory(ilka(), memory, setting)


def test_a_whole_life_of_the_library_can_be_changed() -> None:
    inti = next(one for one in library() if one.id == "inti-quispe")
    changed = set_values(inti, ["attributes.dislike=pigeons"])
    kinds = {one.kind for one in changed.draft.stale}
    assert {"biography", "passage", "memory"} <= kinds
    assert all(
        "condor" in one.quote.lower() for one in changed.draft.stale if one.kind == "passage"
    )


def test_the_title_of_an_experience_is_one_line() -> None:
    changed = add_experience(ilka(), "2003-05: I learned to swim.", " In\nthe | bay ")
    assert "In the | bay" in [one.title for one in changed.persona.episodes]
