import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from personas.editing.passages import insert_episode, overlap, remove_episode, replace_passage
from simulacra.domain.memory import Memory, Span
from simulacra.domain.persona import Episode, Persona
from simulacra.errors import InputError
from tests.support.people import ilka
from tests.support.strategies import BODY, personas


def spans_of(persona: Persona) -> list[Span]:
    """Every span, in a stated order."""
    return [
        *(one.span for one in persona.episodes),
        *(one.source for one in persona.memories if one.source),
        *(one.span for one in persona.facts),
    ]


def valid(persona: Persona) -> Persona:
    return Persona.model_validate(persona.model_dump())


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(persona=personas(), data=st.data(), text=st.text(max_size=12))
def test_the_text_under_every_untouched_span_stays(
    persona: Persona, data: st.DataObject, text: str
) -> None:
    start = data.draw(st.integers(0, len(persona.story)))
    place = Span(start=start, end=data.draw(st.integers(start, len(persona.story))))
    after = valid(replace_passage(persona, place, text))
    assert after.story == persona.story[:start] + text + persona.story[place.end :]
    for old, new in zip(spans_of(persona), spans_of(after), strict=True):
        if old.end <= place.start or old.start >= place.end:
            assert after.text_of(new) == persona.text_of(old)
        elif old.start <= place.start and place.end <= old.end:
            whole = persona.text_of(old)
            head, tail = place.start - old.start, place.end - old.start
            assert after.text_of(new) == whole[:head] + text + whole[tail:]


@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(
    persona=personas().filter(lambda one: one.episodes or not one.story.strip()),
    data=st.data(),
    text=BODY,
)
def test_an_episode_put_in_and_taken_out_leaves_all_as_it_was(
    persona: Persona, data: st.DataObject, text: str
) -> None:
    position = data.draw(st.integers(0, len(persona.episodes)))
    fresh = Episode(id="new", span=Span(start=0, end=0))
    after = valid(insert_episode(persona, position, fresh, text))
    assert after.episodes[position].id == "new"
    assert after.text_of(after.episodes[position].span) == text
    others = [one for one in after.episodes if one.id != "new"]
    for old, new in zip(persona.episodes, others, strict=True):
        assert after.text_of(new.span) == persona.text_of(old.span)
    assert after.story == "\n\n".join(after.text_of(one.span) for one in after.episodes)
    back = valid(remove_episode(after, "new"))
    assert (back.story, back.episodes) == (
        persona.story if persona.episodes else "", persona.episodes,
    )  # fmt: skip


def test_words_that_are_still_there_keep_their_span() -> None:
    person = ilka()
    hens = person.story.index("I carried the hens.")
    memory = Memory(id="h", content="Hens.", source=Span(start=hens, end=hens + 19))
    person = person.model_copy(update={"memories": (memory,)})
    flood = person.episodes[0].span
    after = replace_passage(person, flood, "Water came. I carried the hens. We left.")
    source = after.memories[0].source
    assert source is not None
    assert after.text_of(source) == "I carried the hens."
    gone = replace_passage(person, flood, "Water came.").memories[0].source
    assert gone == Span(start=0, end=len("Water came."))


def test_removing_takes_facts_and_places_along_but_no_memory() -> None:
    person = ilka()
    after = valid(remove_episode(person, "depot"))
    assert [one.id for one in after.episodes] == ["flood", "wedding"]
    assert "Szeged" not in after.story
    assert [one.source is None for one in after.memories] == [False, True, False]
    wedding = after.memories[2].source
    assert wedding is not None
    assert after.text_of(wedding).startswith("Judit married")


def test_the_whole_story_may_go_and_begin_again() -> None:
    person = ilka()
    for one in ("wedding", "flood", "depot"):
        person = remove_episode(person, one)
    assert (person.story, person.episodes) == ("", ())
    begun = insert_episode(person, 0, Episode(id="e1", span=Span(start=0, end=0)), "One day.")
    assert begun.text_of(begun.episodes[0].span) == "One day."


def test_a_story_without_episodes_has_no_place_for_one() -> None:
    bare = ilka().model_copy(update={"episodes": (), "memories": ()})
    with pytest.raises(InputError, match="not divided into episodes"):
        insert_episode(bare, 0, Episode(id="e1", span=Span(start=0, end=0)), "One day.")


def test_a_place_outside_the_story_is_no_place() -> None:
    with pytest.raises(ValueError, match="outside"):
        replace_passage(ilka(), Span(start=0, end=99_999), "")


def test_overlap_needs_a_shared_character() -> None:
    assert not overlap(Span(start=0, end=2), Span(start=2, end=4))
    assert overlap(Span(start=0, end=3), Span(start=2, end=4))
