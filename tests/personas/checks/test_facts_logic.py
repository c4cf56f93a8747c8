"""Facts against each other: each rule with what it finds and what it leaves alone."""

import pytest

from personas.checks.door import check_persona
from simulacra.domain.persona import Persona
from tests.support.lives import Noted, life, years

ANA = "Ana Ruiz"


def kinds(persona: Persona) -> list[str]:
    return [one.kind for one in check_persona(persona) if one.severity == "contradiction"]


def of(*facts: Noted, **profile: object) -> list[str]:
    """The contradictions of facts told in episodes of 1990, 2000-06, 2010-03-01 and 2020."""
    return kinds(life(*years("1990", "2000-06", "2010-03-01", "2020"), facts=facts, **profile))


CONTRADICTIONS: dict[str, tuple[str, tuple[Noted, ...]]] = {
    "two deaths": (
        "two-died-on",
        (("Ben", "died_on", "1995", 1), ("Ben", "died_on", "2009-04", 2)),
    ),
    "an impossible date": ("impossible-date", (("the fair", "dated", "2009-02-30", 2),)),
    "two birthplaces": (
        "two-born-in",
        ((ANA, "born_in", "Bilbao", 0), (ANA, "born_in", "Toledo", 2)),
    ),
    "another name for a role": (
        "two-named",
        (("Ana Ruiz's aunt", "named", "Rosa", 0), ("Ana Ruiz's aunt", "named", "Luisa", 2)),
    ),
    "another side": (
        "two-is",
        (("Ana's deaf ear", "is", "left", 1), ("the deaf ear of Ana Ruiz", "is", "right ear", 2)),
    ),
    "a habit broken": (
        "never-does-denied",
        ((ANA, "never_does", "eats eel", 1), (ANA, "does", "eats smoked eel", 2)),
    ),
    "a taste turned": (
        "dislikes-denied",
        ((ANA, "dislikes", "eel", 1), (ANA, "likes", "eel", 2)),
    ),
    "a degree lost": (
        "holds-degree-denied",
        (("Ben", "holds_degree", "law", 1), ("Ben", "lacks_degree", "law", 2)),
    ),
    "an act before birth": ("before-birth", ((ANA, "acts", "lifted a stone in 1975", 1),)),
    "an own event before birth": ("before-birth", (("Ana lifting a stone", "dated", "1975", 1),)),
    "an act after today": ("after-today", ((ANA, "acts", "sat the test on 2027-01-09", 3),)),
    "the dead act": (
        "dead-acts",
        (("Ben", "died_on", "2005", 2), ("Ben", "acts", "sang", 3)),
    ),
    "the dead are about": (
        "dead-acts",
        (("Ben", "died_on", "2005", 2), ("Ben", "at", "Toledo on 2010-03-01", 2)),
    ),
    "death before birth": (
        "death-and-birth",
        (("Ben", "born_on", "1990-02", 1), ("Ben", "died_on", "1989", 2)),
    ),
    "a wrong age": ("age-wrong", ((ANA, "age", "33", 1),)),
    "ages that drift": ("ages-apart", (("Ben", "age", "20", 1), ("Ben", "age", "55", 2))),
    "a mother of nine": (
        "parent-too-young",
        (
            ("Rosa", "born_on", "1971", 0),
            ("Rosa", "parent_of", "Ana", 0),
        ),
    ),
    "a father dead two years": (
        "parent-dead",
        (
            ("Ben", "died_on", "1978", 0),
            ("Ben", "parent_of", "Ana", 0),
        ),
    ),
    "the wrong order": (
        "out-of-order",
        (
            ("the fair", "dated", "2000-06", 1),
            ("the flood", "dated", "2010", 2),
            ("the flood", "before", "the fair", 2),
        ),
    ),
    "the wrong order, after": (
        "out-of-order",
        (
            ("Ben", "died_on", "2010", 2),
            ("the fair", "dated", "2000-06", 1),
            ("the fair", "after", "Ben's death", 1),
        ),
    ),
    "an event of a later episode": (
        "out-of-order",
        (("Ana's calm", "after", "the flood (e02)", 1),),
    ),
    "after a role's funeral": (
        "out-of-order",
        (
            ("Ben", "is", "grandfather of Ana", 0),
            ("Ben", "died_on", "2010", 2),
            ("Ana's calm", "after", "her grandfather's funeral", 1),
        ),
    ),
    "after an event in fewer words": (
        "out-of-order",
        (
            ("Ana carrying the lamp at the fair", "dated", "2010", 2),
            ("Ana's calm", "after", "carrying the lamp", 1),
        ),
    ),
    "before this episode": (
        "out-of-order",
        (("Ben", "died_on", "2010", 2), ("Ben's death", "before", "Ana's calm", 1)),
    ),
    "order told both ways": (
        "order-denied",
        (("the fair", "before", "the flood", 1), ("the fair", "after", "the flood", 2)),
    ),
    "ended before it began": (
        "ended-before-it-began",
        (("the strike", "began", "2010", 2), ("the strike", "ended", "2009", 2)),
    ),
    "a length between dates": (
        "length-wrong",
        (
            ("the strike", "began", "2000-06", 1),
            ("the strike", "ended", "2010-03", 2),
            ("the strike", "lasted", "20 years", 2),
        ),
    ),
    "a length between events": (
        "length-wrong",
        (
            ("the fair", "dated", "2000-06", 1),
            ("the flood", "dated", "2010-03", 2),
            ("time from the fair to the flood", "lasted", "5 years", 2),
        ),
    ),
    "a time since an event": (
        "length-wrong",
        (("Ben", "died_on", "2000-06", 1), ("time since Ben's death", "lasted", "3 years", 2)),
    ),
    "a time to an event without a date": (
        "length-wrong",
        (
            ("Ben", "died_on", "2000-06", 1),
            ("time from Ben's death to Ana's visit", "lasted", "14 years", 2),
        ),
    ),
    "longer than its cause": (
        "length-wrong",
        (
            ("Ben", "died_on", "2000-06", 1),
            ("Ana's ignorance of Ben's death", "lasted", "15 years", 2),
        ),
    ),
    "longer than until today": (
        "length-wrong",
        (("the silence", "began", "2000-06", 1), ("the silence", "lasted", "40 years", 1)),
    ),
    "two places on one day": (
        "two-places",
        ((ANA, "at", "Toledo on 2010-03-01", 2), (ANA, "at", "Lisbon on 2010-03-01", 3)),
    ),
    "away during a stay": (
        "two-places",
        (
            (ANA, "at", "a clinic in Toledo in 2009 to 2011", 2),
            (ANA, "at", "Lisbon on 2010-03-01", 2),
        ),
    ),
    "summer in January": ("out-of-season", (("Bilbao in 2010-01", "season", "high summer", 2),)),
    "summer in a named month": ("out-of-season", (("Bilbao in January", "season", "summer", 3),)),
    "snow where none falls": (
        "out-of-season",
        (("Enugu, Nigeria in 2010-01", "season", "snow", 2),),
    ),
    "more brothers than siblings": (
        "sibling-count",
        ((ANA, "sibling_count", "1", 0), (ANA, "brother_count", "2", 1)),
    ),
    "more siblings than counted": (
        "siblings-uncounted",
        (
            (ANA, "sibling_count", "1", 0),
            ("Ben", "sibling_of", "Ana", 1),
            ("Cleo", "sibling_of", "Ana Ruiz", 2),
        ),
    ),
    "fewer children than before": (
        "child-count",
        (("Ben", "child_count", "2", 1), ("Ben", "child_count", "1", 2)),
    ),
}


@pytest.mark.parametrize(("kind", "facts"), CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_contradictions(kind: str, facts: tuple[Noted, ...]) -> None:
    assert kind in of(*facts)


COMPATIBLE: dict[str, tuple[Noted, ...]] = {
    "dates of other precision": (
        ("Ben", "died_on", "2009", 1),
        ("Ben", "died_on", "2009-08-15", 2),
        ("Ben", "acts", "died in his bed on 2009-08-15", 2),
    ),
    "a place and the place around it": (
        (ANA, "born_in", "Santa Rosa hospital, Bilbao", 0),
        (ANA, "born_in", "Bilbao", 2),
    ),
    "a short name": (
        ("Ana Ruiz's aunt", "named", "Rosa", 0),
        ("Ana Ruiz's aunt", "named", "Rosa Luna", 2),
    ),
    "other words for it": (
        ("Ana's deaf ear", "is", "left", 1),
        ("Ana Ruiz's deaf ear", "is", "her left ear, nearly deaf", 2),
    ),
    "a thing described twice": (
        ("the oven", "is", "silver", 1),
        ("the oven", "is", "taller than Ana's door", 2),
        ("the oven", "is", "without a label", 3),
        ("the savings", "is", "four million złoty", 1),
        ("the savings", "is", "twenty of Ana's salaries", 2),
    ),
    "a picture of the dead": (
        ("Ben", "died_on", "1995", 1),
        ("Ben", "acts", "laughed on the nail (picture)", 2),
    ),
    "many things at once": ((ANA, "is", "tall", 1), (ANA, "is", "left-handed", 2)),
    "a habit given up": (
        (ANA, "does", "eats eel", 0),
        (ANA, "never_does", "eats eel again", 2),
    ),
    "another dish": ((ANA, "never_does", "eats eel", 1), (ANA, "does", "eats plums", 2)),
    "a degree gained": (("Ben", "lacks_degree", "law", 1), ("Ben", "holds_degree", "law", 2)),
    "the house before the birth": (("Ana Ruiz's house", "dated", "1960", 1),),
    "the parents' wedding": (("Ana's mother's wedding", "dated", "1975", 1),),
    "another's deeds before the birth": (("Ben", "acts", "built a house in 1975", 1),),
    "a date that is still to come": (("Ana's test", "dated", "2027-01-09", 3),),
    "the last day": (("Ben", "died_on", "2010-03", 2), ("Ben", "acts", "waved", 2)),
    "remembered work": (("Ben", "died_on", "2005", 2), ("Ben", "works_as", "cook", 3)),
    "the right ages": (
        (ANA, "age", "20", 1),
        ("Ben", "age", "20", 1),
        ("Ben", "age", "29", 2),
    ),
    "an age that the next birthday brings": ((ANA, "age", "10", 0), (ANA, "age", "11", 0)),
    "events in order": (
        ("the fair", "dated", "2000-06", 1),
        ("the flood", "dated", "2010", 2),
        ("the flood", "after", "the fair", 2),
        ("the fair", "before", "the flood", 2),
    ),
    "what an earlier episode tells": (
        ("Ben", "died_on", "2000-06", 1),
        ("Ana's calm", "after", "Ben's wake (e01)", 2),
        ("Ana's walk", "before", "the flood (e03)", 2),
        ("Ben's death", "before", "Ana's calm", 2),
    ),
    "a time to an event of the episode": (
        ("time from Ana buying the lamp to the flood (e03)", "lasted", "9 years", 2),
    ),
    "a time from a year": (
        ("the flood", "dated", "2010", 2),
        ("time from the coin of 1980 to the flood", "lasted", "30 years", 2),
    ),
    "marks and money": (
        ("Ana's claim", "is", "120,000 pesetas in fees", 1),
        ("Ana's claim", "is", "60 days of waiting for a hearing", 2),
    ),
    "at first and in the end": (
        ("Ana's mark in law", "is", "7 points of ten at first", 1),
        ("Ana's mark in law", "is", "9 points, after her appeal to the dean", 2),
    ),
    "a rounded time since": (
        ("Ben", "died_on", "2000-06", 1),
        ("time since Ben's death", "lasted", "10 years", 2),
    ),
    "a rounded length": (
        ("the strike", "began", "2000-06", 1),
        ("the strike", "ended", "2010-03", 2),
        ("the strike", "lasted", "10 years", 2),
    ),
    "the age of a cause": (
        ("Ben", "died_on", "2000-06", 1),
        ("Ana's ignorance of Ben's death", "lasted", "9 years", 2),
    ),
    "a length that looks ahead": (
        ("the silence", "began", "2000-06", 1),
        ("the silence", "lasted", "26 years", 1),
    ),
    "two places in a month": (
        (ANA, "at", "Toledo in 2010-03", 2),
        (ANA, "at", "Lisbon in 2010-03", 2),
    ),
    "a way across town": (
        (ANA, "at", "San Mamés on 2010-03-01", 2),
        (ANA, "at", "the Arriaga on 2010-03-01", 2),
    ),
    "a room in the place": (
        (ANA, "at", "Lisbon on 2010-03-01", 2),
        (ANA, "at", "the harbour, Lisbon on 2010-03-01", 2),
    ),
    "a second marriage": ((ANA, "married_to", "Ben", 1), (ANA, "married_to", "Tom", 3)),
    "moves and jobs": (
        (ANA, "lives_in", "Bilbao", 1),
        (ANA, "lives_in", "Lisbon", 2),
        (ANA, "works_as", "cook", 1),
        (ANA, "works_as", "nurse", 2),
    ),
    "one brother by two names": (
        (ANA, "sibling_count", "1", 0),
        ("Ben", "sibling_of", "Ana", 1),
        ("Ben Ruiz", "sibling_of", "Ana Ruiz", 2),
    ),
    "a winter in January": (("Bilbao in 2010-01", "season", "snow, deep winter", 2),),
    "snow on a tropical height": (("La Paz, Bolivia in 2010-07", "season", "snow", 2),),
    "relations of one's own": ((ANA, "swears by", "vinegar", 1), (ANA, "swears by", "salt", 2)),
}


@pytest.mark.parametrize("facts", COMPATIBLE.values(), ids=COMPATIBLE)
def test_no_contradictions(facts: tuple[Noted, ...]) -> None:
    assert of(*facts) == []


def test_never_in_a_life_means_before_too() -> None:
    told = (("1990", None, "Ana swam to the rock."), ("2010", None, "Ana had never swum."))
    facts = ((ANA, "does", "swims", 0), (ANA, "never_does", "swims", 1))
    assert kinds(life(*told, facts=facts)) == ["never-does-denied"]
    again = (told[0], ("2010", None, "Ana never swam again."))
    assert kinds(life(*again, facts=facts)) == []


def test_places_that_the_story_joins_are_one() -> None:
    facts = ((ANA, "born_in", "Santa Rosa", 0), (ANA, "born_in", "Bilbao", 1))
    apart = (("1980", None, "It rained."), ("1990", None, "It snowed."))
    joined = (("1980", None, "Santa Rosa hospital in Bilbao had a lift."), apart[1])
    assert kinds(life(*apart, facts=facts)) == ["two-born-in"]
    assert kinds(life(*joined, facts=facts)) == []


PROFILES: dict[str, tuple[str, dict[str, object], tuple[Noted, ...]]] = {
    "an unknown sibling": (
        "sibling-unknown",
        {"attributes": {"siblings": "an elder brother, Ben, a cook in Toledo"}},
        (("Tom", "sibling_of", ANA, 1),),
    ),
    "a sibling of none": (
        "sibling-unknown",
        {"attributes": {"siblings": "none"}},
        (("Tom", "sibling_of", ANA, 1),),
    ),
    "siblings miscounted": (
        "sibling-count",
        {"attributes": {"siblings": "two sisters"}},
        ((ANA, "sibling_count", "3", 1),),
    ),
    "a child of none": (
        "child-count",
        {"attributes": {"children": "none"}},
        ((ANA, "child_count", "1", 1),),
    ),
    "an unknown child": (
        "child-unknown",
        {"attributes": {"children": "one daughter, Cleo, a cook"}},
        ((ANA, "parent_of", "Tom", 1),),
    ),
    "a wedding of one who never married": (
        "marriage",
        {"attributes": {"marital_status": "single, never married"}},
        ((ANA, "married_to", "Ben", 1),),
    ),
    "married to another": (
        "marriage",
        {"attributes": {"marital_status": "divorced from Ben Luna in 2001"}},
        ((ANA, "married_to", "Tom", 1),),
    ),
    "married again after all": (
        "marriage",
        {"attributes": {"marital_status": "divorced in 2001"}},
        ((ANA, "marital_status", "married", 2),),
    ),
    "a degree that nobody knows of": (
        "degree",
        {"education": "completed secondary school", "isced": 3},
        ((ANA, "holds_degree", "degree in law", 1),),
    ),
    "a degree left behind": (
        "holds-degree-denied",
        {"education": "left university without the degree"},
        ((ANA, "holds_degree", "degree in law", 1),),
    ),
    "a son of one without children": (
        "son-unknown",
        {"attributes": {"children": "none"}},
        (("Ana's son", "age", "3", 1),),
    ),
    "a sister of one who has a brother": (
        "sister-unknown",
        {"attributes": {"siblings": "an elder brother, Ben"}},
        (("a younger sister", "sibling_of", ANA, 1),),
    ),
    "another child of the mother": (
        "sibling-unknown",
        {"attributes": {"mother": "Rosa Ruiz", "siblings": "an elder brother, Ben"}},
        (("Rosa", "parent_of", "Tom", 1), ("Rosa", "parent_of", "Ana", 1)),
    ),
    "too many of the mother": (
        "sibling-count",
        {"attributes": {"mother": "Rosa Ruiz", "siblings": "an elder brother, Ben"}},
        (("her mother", "child_count", "3", 1),),
    ),
    "an unknown one in a list": (
        "sibling-unknown",
        {"attributes": {"mother": "Rosa Ruiz", "siblings": "an elder brother, Ben"}},
        (("Rosa's living children", "is", "three, Ben, Tom and Ana", 1),),
    ),
    "the husband of one who never married": (
        "husband-unknown",
        {"attributes": {"marital_status": "never married"}},
        (("Ana Ruiz's husband", "acts", "sang", 1),),
    ),
    "another birthplace": (
        "two-born-in",
        {"attributes": {"birthplace": "Bilbao"}},
        ((ANA, "born_in", "Toledo", 1),),
    ),
    "another mother": (
        "two-named",
        {"attributes": {"mother": "Rosa Ruiz, a nurse"}},
        (("Ana's mother", "named", "Luisa", 1),),
    ),
}


@pytest.mark.parametrize(("kind", "profile", "facts"), PROFILES.values(), ids=PROFILES)
def test_facts_against_the_profile(
    kind: str, profile: dict[str, object], facts: tuple[Noted, ...]
) -> None:
    assert of(*facts, **profile) == [kind]
    assert of(**profile) == []


FITTING: dict[str, tuple[dict[str, object], tuple[Noted, ...]]] = {
    "the one brother": (
        {"attributes": {"siblings": "an elder brother, Ben, a cook in Toledo"}},
        (("Ben", "sibling_of", ANA, 1), (ANA, "sibling_count", "1", 1)),
    ),
    "the children of the mother": (
        {"attributes": {"mother": "Rosa Ruiz", "siblings": "an elder brother, Ben"}},
        (
            ("her mother", "parent_of", "Ben", 1),
            ("Rosa Ruiz", "child_count", "2", 1),
            ("Rosa's children", "is", "two, Ben and Ana", 1),
            ("Ana's brother", "acts", "sang", 1),
        ),
    ),
    "some of many": (
        {"attributes": {"siblings": "two sisters"}},
        (("Cleo", "sibling_of", ANA, 1),),
    ),
    "no child yet": (
        {"attributes": {"children": "one daughter, Cleo"}},
        ((ANA, "child_count", "0", 1), (ANA, "parent_of", "Cleo", 2)),
    ),
    "the first husband": (
        {"attributes": {"marital_status": "divorced from Ben Luna in 2001"}},
        ((ANA, "married_to", "Ben", 1), (ANA, "marital_status", "married", 1)),
    ),
    "a widow": (
        {"attributes": {"marital_status": "Widowed since 2015"}},
        ((ANA, "married_to", "Ben", 1), (ANA, "marital_status", "widowed", 3)),
    ),
    "still a wife": (
        {"attributes": {"marital_status": "Married to Ben Luna since 1999"}},
        ((ANA, "married_to", "Ben", 1),),
    ),
    "the degree": (
        {"education": "law degree from Deusto", "isced": 6},
        ((ANA, "holds_degree", "degree in law", 2), (ANA, "lacks_degree", "law degree", 1)),
    ),
    "a taste that turned": (
        {"attributes": {"dislike": "eel"}},
        ((ANA, "likes", "eel", 1),),
    ),
    "a school leaver": (
        {"education": "completed secondary school", "isced": 3},
        ((ANA, "holds_degree", "high school diploma", 1),),
    ),
    "a mother by her short name": (
        {"attributes": {"mother": "Rosa Ruiz, a nurse"}},
        (("Ana's mother", "named", "Rosa", 1),),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("profile", "facts"), FITTING.values(), ids=FITTING)
def test_facts_that_fit_the_profile(profile: dict[str, object], facts: tuple[Noted, ...]) -> None:
    assert of(*facts, **profile) == []


def test_a_finding_points_at_both_passages_and_names_the_field() -> None:
    told = life(
        *years("1990", "2010"),
        facts=(("Ben", "died_on", "1990", 0), ("Ben", "died_on", "2010", 1)),
    )
    (found,) = check_persona(told)[:1]
    assert (found.span, found.other_span) == (told.episodes[1].span, told.episodes[0].span)
    assert found.episode == "e01"
    against = life(*years("1990"), facts=((ANA, "age", "44", 0),))
    (found,) = (one for one in check_persona(against) if one.severity == "contradiction")
    assert found.detail == "profile.date_of_birth" and found.other_span is None


def test_her_son_says_that_there_is_one_and_not_that_he_is_the_only() -> None:
    told = (("2005", None, "Two came."), ("2010", None, "Ana saw her son at the port."))
    assert kinds(life(*told, facts=(("Ana Ruiz", "child_count", "2", 0),))) == []
    fewer = (("Ana Ruiz", "child_count", "2", 0), ("Ana Ruiz", "child_count", "1", 1))
    assert kinds(life(*told, facts=fewer)) == ["child-count"]
