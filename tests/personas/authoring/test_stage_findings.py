"""What the gates of outline, biography and memories find, and that they cry over no whole life."""

import re
from typing import Any

import pytest

from personas.authoring.manuscript import Chapter, Manuscript, paragraphs_of
from personas.authoring.outline import Outline, PlannedEpisode
from personas.authoring.stage_findings import (
    biography_contradictions,
    memory_findings,
    outline_contradictions,
)
from personas.checks.door import contradictions
from personas.checks.finding import Finding
from personas.checks.passages import sentences
from personas.library import library
from simulacra.domain.memory import Memory
from simulacra.domain.persona import Persona
from tests.support.lives import life

PEOPLE = {one.id: one for one in library()}
each_of_the_library = pytest.mark.parametrize("person", PEOPLE.values(), ids=PEOPLE)


def outline_of(person: Persona) -> Outline:
    """An outline that plans what the story tells: its first sentences and its last one."""
    planned = []
    for one in person.episodes:
        told = [two.text for two in sentences(person.text_of(one.span))]
        known = {"id": one.id, "when": (one.when or "")[:7], "age": one.age, "title": one.title}
        told_so = {"happens": " ".join(told[:3]), "changes": told[-1], "place": "", "people": ()}
        planned.append(PlannedEpisode.model_validate({**known, **told_so}))
    return Outline(episodes=tuple(planned))


def biography_of(person: Persona, *, whole_paragraphs: bool) -> Manuscript:
    """The biography under the episodes: each piece where the first year that it names belongs."""
    told: dict[str, list[str]] = {one.id: [] for one in person.episodes}
    at = 0
    for paragraph in paragraphs_of(person.biography):
        pieces = [paragraph] if whole_paragraphs else [one.text for one in sentences(paragraph)]
        for piece in pieces:
            years = re.findall(r"\b(?:19|20)\d\d\b", piece)
            if years:
                later = [n for n, one in enumerate(person.episodes) if (one.when or "") >= years[0]]
                at = later[0] if later else len(person.episodes) - 1
            told[person.episodes[at].id].append(piece)
    return Manuscript(
        chapters=tuple(
            Chapter(
                id=one.id, when=one.when or "", age=one.age, title=one.title,
                paragraphs=(" ".join(told[one.id]),),
            )
            for one in person.episodes if told[one.id]
        )
    )  # fmt: skip


@each_of_the_library
def test_no_false_alarm_in_the_outline_of_a_life(person: Persona) -> None:
    assert outline_contradictions(person, outline_of(person), contradictions) == []


@each_of_the_library
@pytest.mark.parametrize("whole_paragraphs", [True, False])
def test_no_false_alarm_in_a_biography(person: Persona, whole_paragraphs: bool) -> None:
    biography = biography_of(person, whole_paragraphs=whole_paragraphs)
    assert len(biography.chapters) > 1
    assert biography_contradictions(person, biography, contradictions) == []


@each_of_the_library
def test_no_false_alarm_in_story_facts_and_memories(person: Persona) -> None:
    assert contradictions(person) == ()
    assert memory_findings(person, person.memories, contradictions) == []


ANA: dict[str, Any] = {
    "attributes": {
        "father": "Luis, 70, baker",
        "siblings": "a brother, Iker",
        "children": "none",
        "dislike": "olives",
    }
}
DATES = ("1984", "1996-03", "2003-07", "2012")
HAPPENS = (
    "Ana learned to swim.",
    "Ana, fifteen, left school in Bilbao.",
    "Ana drew maps for the port.",
    "Ana walked home.",
)
CLAIMS = {
    "no such day": ("On 31 June 2003 Ana drew a map.", "impossible-date"),
    "another day of the week": ("On Friday, 4 July 2003 Ana swam. On Sunday, 4 July 2003 Ana "
                                "drew a map.", "weekday-wrong"),
    "an age that does not fit": ("Ana was thirty-one when the port burnt.", "age-wrong"),
    "before the birth": ("Ana had crossed the river in 1975.", "before-birth"),
    "still to come": ("Ana drew a map on 3 May 2027.", "after-today"),
    "too many brothers": ("Ana missed her three brothers.", "sibling-count"),
    "what the father did not do": ("Her father, a carpenter, drew a map.", "parent-trade"),
}  # fmt: skip
IN_ORDER = {
    "a dead one who speaks": (
        "Ana's father died in March 1996.", "Ana's father said that it rained.", "dead-acts",
    ),
    "after the divorce that is still to come": (
        "Iker was eleven.", "It was long before Iker was born.", "out-of-order",
    ),
}  # fmt: skip


def planned(*happens: str, dates: tuple[str, ...] = DATES, ages: Any = (3, 15, 23, 31)) -> Outline:
    return Outline(
        episodes=tuple(
            PlannedEpisode(
                id=f"e{n:02}", when=when, age=ages[n], title=f"Title {n}", place="", people=(),
                happens=happens[n], changes=f"It is year {n} of the tide.",
            )
            for n, when in enumerate(dates)
        )
    )  # fmt: skip


def found(one: Finding) -> tuple[str, str | None, str]:
    return one.kind, one.episode, one.severity


@pytest.mark.parametrize(("words", "kind"), CLAIMS.values(), ids=CLAIMS)
def test_a_contradiction_planned_is_found_at_its_episode(words: str, kind: str) -> None:
    plan = planned(HAPPENS[0], HAPPENS[1], words, HAPPENS[3])
    (one,) = outline_contradictions(life(**ANA), plan, contradictions)
    assert found(one) == (kind, "e02", "contradiction")
    assert one.span is None


@pytest.mark.parametrize(("first", "then", "kind"), IN_ORDER.values(), ids=IN_ORDER)
def test_what_episodes_plan_against_each_other(first: str, then: str, kind: str) -> None:
    known = {"attributes": {"siblings": "a brother, Iker"}}
    plan = planned(HAPPENS[0], first, then, HAPPENS[3])
    (one,) = outline_contradictions(life(**known), plan, contradictions)
    assert found(one) == (kind, "e02", "contradiction")


@pytest.mark.parametrize(
    ("dates", "ages", "kind"),
    [
        (("1979", "1996-03", "2003-07", "2012"), (0, 15, 23, 31), "before-birth"),
        (("1984", "1996-03", "2003-07", "2027"), (3, 15, 23, 46), "after-today"),
        (("1984", "1996-03", "2003-07", "2012"), (3, 15, 29, 31), "heading-age"),
        (("1984", "1996-03", "1995", "2012"), (3, 15, 14, 31), "episodes-out-of-order"),
        (("1984", "1996-13", "2003-07", "2012"), (3, 15, 23, 31), "impossible-date"),
    ],
)
def test_dates_and_ages_planned(dates: tuple[str, ...], ages: tuple[int, ...], kind: str) -> None:
    plan = planned(*HAPPENS[:1], "Ana left.", *HAPPENS[2:], dates=dates, ages=ages)
    assert [one.kind for one in outline_contradictions(life(**ANA), plan, contradictions)] == [kind]


@pytest.mark.parametrize(("words", "kind"), CLAIMS.values(), ids=CLAIMS)
def test_a_contradiction_of_a_biography_is_found_at_its_episode(words: str, kind: str) -> None:
    texts = (HAPPENS[0], HAPPENS[1], words, HAPPENS[3])
    chapters = tuple(
        Chapter(id=f"e{n:02}", when=DATES[n], age=None, title="", paragraphs=(text,))
        for n, text in enumerate(texts)
    )
    biography = Manuscript(chapters=chapters)
    if kind == "age-wrong":  # thirty-one is reached before the next paragraph, so say forty
        words = words.replace("thirty-one", "forty")
        biography = biography.with_paragraphs("e02", (words,))
    (one,) = biography_contradictions(life(**ANA), biography, contradictions)
    assert found(one) == (kind, "e02", "contradiction")


REMEMBERED = {
    "no such day": ("On 31 June 2003 I drew a map.", "impossible-date"),
    "an age that does not fit": ("I was thirty-one when the port burnt.", "age-wrong"),
    "an age set beside me": ("By the door I, thirty-one, wept.", "age-wrong"),
    "before the birth": ("I had crossed the river in 1975.", "before-birth"),
    "still to come": ("I drew a map on 3 May 2027.", "after-today"),
    "too many brothers": ("I missed my three brothers.", "sibling-count"),
    "a child of none": ("I took my daughter to the port.", "child-count"),
    "the dead speak": ("My father said that it rained.", "dead-acts"),
    "somebody else's age": ("My cousin came, and she was thirty-one.", None),
    "somebody else's brothers": ("I saw Carmen. She missed her three brothers.", None),
    "what was only said": ("“I was thirty-one,” said the clerk, and I laughed.", None),
}


def ana() -> Persona:
    return life(
        ("1984", 3, HAPPENS[0]),
        ("1996-03", 15, "Ana's father died in March 1996. Ana left school."),
        ("2003-07", 23, HAPPENS[2]),
        **ANA,
    )


def memory(content: str, **changes: Any) -> Memory:
    given = {"id": "m02", "when": "2003-07", "age": 23, "episode": "e02", **changes}
    source = ana().episodes[2].span
    return Memory(content=content, source=source, summary="I drew maps.", **given)


@pytest.mark.parametrize(("content", "kind"), REMEMBERED.values(), ids=REMEMBERED)
def test_what_a_memory_claims_is_measured_against_the_life(content: str, kind: str | None) -> None:
    found = memory_findings(ana(), [memory(content)], contradictions)
    assert {one.kind for one in found} == ({kind} if kind else set())
    for one in found:
        assert one.message.startswith("memory m02: ")
        assert (one.episode, one.detail) == ("e02", "memory:m02")
        assert one.span == ana().episodes[2].span


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, None),
        ({"when": "2003"}, None),
        ({"when": None}, None),
        ({"when": None, "age": 24}, "memory-age"),
        ({"age": 22}, "memory-age"),
        ({"when": "2004-07"}, "memory-date"),
        ({"when": "1979", "age": None}, "before-birth"),
        ({"when": "2027", "age": None}, "after-today"),
        ({"when": "2003-02-30"}, "impossible-date"),
        ({"episode": "e77"}, "memory-episode"),
    ],
)
def test_dates_and_ages_of_a_memory(changes: dict[str, Any], kind: str | None) -> None:
    odd = memory("I drew a map.", **changes)
    found = memory_findings(ana(), [odd], contradictions)
    assert [one.kind for one in found] == ([kind] if kind else [])
    whole = ana().model_copy(update={"memories": (odd,)})
    assert set(found) <= set(contradictions(whole))


@pytest.mark.parametrize(
    "content", ["Ana was tired of maps.", "She drew a map and he looked at her."]
)
def test_a_memory_in_the_third_person_is_warned_of(content: str) -> None:
    (one,) = memory_findings(ana(), [memory(content)], contradictions)
    assert (one.kind, one.severity) == ("memory-not-first-person", "warning")


def test_a_paragraph_of_a_biography_may_run_on_to_the_next() -> None:
    def ages(words: str) -> list[str]:
        texts = (HAPPENS[0], words, HAPPENS[3])
        chapters = tuple(
            Chapter(id=f"e{n}", when=DATES[1:][n], age=None, title="", paragraphs=(text,))
            for n, text in enumerate(texts)
        )
        told = Manuscript(chapters=chapters)
        return [one.kind for one in biography_contradictions(life(**ANA), told, contradictions)]

    assert ages("Ana was thirty-one when the port burnt.") == []
    assert ages("Ana was forty when the port burnt.") == ["age-wrong"]
    assert ages("Ana was twenty when the port burnt.") == ["age-wrong"]
