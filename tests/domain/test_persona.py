"""A persona is whole or it is refused."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from simulacra.domain.base import content_hash
from simulacra.domain.memory import Memory, Span
from simulacra.domain.persona import (
    DOMAINS,
    FACETS,
    FUNCTIONS,
    JUDGING,
    PERCEIVING,
    Episode,
    Fact,
    Persona,
    Personality,
    Profile,
    SelfReportQuestion,
    Trait,
)
from tests.support.people import ilka

BORN = date(1972, 3, 9)


@pytest.mark.parametrize(
    ("as_of", "age"),
    [
        (date(2026, 3, 8), 53),
        (date(2026, 3, 9), 54),
        (date(2026, 11, 1), 54),
        (date(1972, 3, 9), 0),
    ],
)
def test_an_age_fits_birth_and_day(as_of: date, age: int) -> None:
    assert Profile(gender="female", age=age, date_of_birth=BORN, as_of=as_of).age == age
    with pytest.raises(ValidationError, match=f"makes {age} on {as_of}"):
        Profile(gender="female", age=age + 1, date_of_birth=BORN, as_of=as_of)


@pytest.mark.parametrize(
    ("now", "age"), [(date(2025, 2, 28), 24), (date(2025, 3, 1), 25), (date(2024, 2, 29), 24)]
)
def test_who_is_born_on_a_leap_day_turns_older_the_day_after(now: date, age: int) -> None:
    born = {"gender": "male", "date_of_birth": date(2000, 2, 29), "as_of": now}
    assert Profile.model_validate({**born, "age": age}).age == age
    for wrong in (age - 1, age + 1):
        with pytest.raises(ValidationError):
            Profile.model_validate({**born, "age": wrong})


def test_without_both_days_any_age_goes() -> None:
    assert Profile(gender="male", age=30, date_of_birth=BORN).as_of is None
    assert Profile(gender="male", age=30, as_of=BORN).date_of_birth is None


@pytest.mark.parametrize(
    "wrong", [{"age": -1}, {"age": 131}, {"isced": 9}, {"isced": -1}, {"hobby": "chess"}]
)
def test_a_profile_out_of_bounds_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        Profile.model_validate({"gender": "female", "age": 30, **wrong})


def test_thirty_facets_in_five_domains() -> None:
    assert len(set(FACETS)) == 30
    assert [facet for facets in DOMAINS.values() for facet in facets] == list(FACETS)
    assert {len(facets) for facets in DOMAINS.values()} == {6}
    assert "anxiety" in DOMAINS["neuroticism"] and "trust" in DOMAINS["agreeableness"]


def test_facets_are_all_or_none() -> None:
    all_of_them = dict.fromkeys(FACETS, 3)
    assert Personality(facets=all_of_them).domain_levels() == dict.fromkeys(DOMAINS, 3.0)
    assert Personality().domain_levels() == {}
    del all_of_them["trust"]
    with pytest.raises(ValidationError, match=r"all 30 or none \(missing: trust\)"):
        Personality(facets=all_of_them)
    with pytest.raises(ValidationError, match="wit"):
        Personality.model_validate({"facets": {**dict.fromkeys(FACETS, 3), "wit": 3}})


@pytest.mark.parametrize("level", [0, 6])
def test_facet_levels_run_from_one_to_five(level: int) -> None:
    with pytest.raises(ValidationError, match="from 1 to 5"):
        Personality(facets={**dict.fromkeys(FACETS, 3), "trust": level})


@given(st.lists(st.integers(1, 5), min_size=30, max_size=30))
def test_domain_levels_are_means_of_their_facets(levels: list[int]) -> None:
    found = Personality(facets=dict(zip(FACETS, levels, strict=True))).domain_levels()
    assert list(found) == list(DOMAINS)
    assert found["openness"] == pytest.approx(sum(levels[12:18]) / 6)


@given(st.permutations(FUNCTIONS))
def test_a_ranking_of_functions_begins_with_perceiving_then_judging(ranking: list[Any]) -> None:
    fits = ranking[0] in PERCEIVING and ranking[1] in JUDGING
    if fits:
        assert Personality(functions=tuple(ranking)).functions == tuple(ranking)
    else:
        with pytest.raises(ValidationError, match="rank 1 is a perceiving one"):
            Personality(functions=tuple(ranking))


@pytest.mark.parametrize(
    "functions",
    [("Ne",), ("Ne", "Ti"), (*FUNCTIONS[:7], "Ne"), (*FUNCTIONS, "Ne")],
)
def test_functions_are_each_named_once(functions: tuple[Any, ...]) -> None:
    with pytest.raises(ValidationError, match="each of the eight exactly once"):
        Personality(functions=functions)


@pytest.mark.parametrize("wrong", [{"rank": 0}, {"rank": 9}, {"function": "Xe"}])
def test_a_trait_names_a_real_function_and_rank(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        Trait.model_validate({"text": "I wait.", **wrong})


def changed(**changes: Any) -> Persona:
    return Persona.model_validate({**ilka().model_dump(), **changes})


@pytest.mark.parametrize(
    ("field", "kind"), [("episodes", "episode"), ("memories", "memory"), ("questions", "question")]
)
def test_ids_are_unique(field: str, kind: str) -> None:
    parts = getattr(ilka(), field)
    twice = [part.model_dump() for part in (*parts, parts[0])]
    with pytest.raises(ValidationError, match=f"{kind} ids must be unique: {parts[0].id}"):
        changed(**{field: twice})


END = len(ilka().story)


@pytest.mark.parametrize(("start", "end"), [(0, 0), (0, END), (END, END), (5, 6)])
def test_a_span_lies_in_the_story(start: int, end: int) -> None:
    span = Span(start=start, end=end)
    persona = changed(
        episodes=[Episode(id="e", span=span)], memories=[Memory(id="m", content="x", source=span)]
    )
    assert persona.text_of(span) == persona.story[start:end]


@pytest.mark.parametrize(("start", "end"), [(0, END + 1), (END + 1, END + 2), (6, 5)])
@pytest.mark.parametrize("owner", ["episode", "memory"])
def test_a_span_outside_the_story_is_refused(owner: str, start: int, end: int) -> None:
    span = {"start": start, "end": end}
    parts: dict[str, Any] = {"episodes": [{"id": "odd", "span": span}]}
    if owner == "memory":
        parts = {"memories": [{"id": "odd", "content": "x", "source": span}]}
    with pytest.raises(ValidationError, match="odd: its span lies outside the story"):
        changed(**parts)


def test_a_span_has_no_negative_ends() -> None:
    with pytest.raises(ValidationError, match="start"):
        Span(start=-1, end=2)


@pytest.mark.parametrize("name", ["ada", "ada-1", "0.a_b"])
def test_ids_are_plain(name: str) -> None:
    assert changed(id=name).id == name


@pytest.mark.parametrize("name", ["", "Ada", "-ada", "a b", "a/b", "ada\n", "é"])
def test_ids_that_are_not_plain_are_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="id"):
        changed(id=name)


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"version": 0}, {"source": "hearsay"}, {"shoe_size": 38}]
)
def test_other_nonsense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        changed(**wrong)


def test_the_hash_is_that_of_the_content() -> None:
    assert ilka().hash() == ilka().hash() == changed().hash()
    assert len(ilka().hash()) == 64
    assert changed(version=2).hash() != ilka().hash()
    assert changed(biography="Other.").hash() != ilka().hash()


def test_the_story_is_counted_in_words() -> None:
    assert ilka().story_words == len(ilka().story.split()) > 50


def question(**changes: Any) -> SelfReportQuestion:
    plain = {
        "id": "q", "kind": "single", "text": "Which?", "options": {"A": "a", "B": "b"},
        "answer": ("B",),
    }  # fmt: skip
    return SelfReportQuestion.model_validate({**plain, **changes})


def test_a_question_has_a_key_among_its_options() -> None:
    assert question().answer == ("B",)
    assert question(kind="multiple", answer=("A", "B")).answer == ("A", "B")
    assert question(kind="cloze", options={}, answer=("Judit",)).accept == ()
    with pytest.raises(ValidationError, match="the key is empty"):
        question(answer=())
    with pytest.raises(ValidationError, match="names no option: C"):
        question(answer=("A", "C"))
    with pytest.raises(ValidationError, match="a cloze has no options"):
        question(kind="cloze", answer=("Judit",))


def test_a_fact_rests_on_words_of_the_story() -> None:
    fact = Fact(subject="Ilka", relation="sister_of", object="Bo", span=Span(start=0, end=9))
    facts, bare = {"facts": (fact,)}, {"story": "Short", "episodes": (), "memories": ()}
    assert Persona.model_validate({**ilka().model_dump(), **facts}).facts == (fact,)
    with pytest.raises(ValidationError, match="Ilka sister_of: its span lies outside the story"):
        Persona.model_validate({**ilka().model_dump(), **facts, **bare})


@pytest.mark.parametrize("wrong", [0, -1, float("inf"), float("nan")])
def test_nobody_weighs_nothing_or_everything(wrong: float) -> None:
    with pytest.raises(ValidationError, match="weight"):
        Persona.model_validate({**ilka().model_dump(), "weight": wrong})


def test_a_speaker_counts_only_where_something_was_said() -> None:
    lived = Memory(id="m1", content="I swam.")
    said = lived.model_copy(update={"speaker": "Ada"})
    assert "speaker" not in lived.model_dump(mode="json")
    assert [Memory.model_validate_json(one.model_dump_json()) for one in (lived, said)] == [
        lived,
        said,
    ]
    assert content_hash(lived) != content_hash(said)
