from collections import Counter
from datetime import date
from functools import cache

import numpy as np
import pytest
from faker import Faker
from hypothesis import given
from hypothesis import strategies as st

from personas.attributes.draw import SAMPLE_DAY, AttributeSampler
from personas.attributes.names import draw_name
from personas.attributes.pools import load_pools
from personas.attributes.profiles import profile_of
from personas.attributes.stages import Wish
from personas.dates import years_between
from simulacra.domain.persona import Profile
from simulacra.errors import InputError

POOLS = load_pools()
SAMPLER = AttributeSampler()


@cache
def crowd(number: int = 3000) -> list[dict]:
    rng = np.random.default_rng(11)
    return [SAMPLER.draw(rng) for _ in range(number)]


def test_nobody_of_thousands_breaks_a_constraint():
    broken = Counter(rule.id for one in crowd() for rule in POOLS.rulebook.broken(one))
    assert broken == {}
    known = set(crowd()[0])
    assert all(rule.fields <= known for rule in POOLS.rulebook.rules)


def test_some_well_known_absurdities_do_not_come_out():
    for one in crowd():
        if one["occupation"] == "university professor" and one["activity"] == "employed":
            assert one["age"] >= 30
            assert one["isced"] == 8
        if one["activity"] == "pupil":
            assert one["isco"] is None
            assert one["isced"] <= 2
        if one["activity"] == "retired":
            assert one["age"] >= 50
        if one["age"] < 25:
            assert one["marital_status"] != "widowed"
            assert one["children"] <= 2
        assert years_between(one["date_of_birth"], SAMPLE_DAY) == one["age"]
        assert one["date_of_birth"].year + one["education_age"] <= SAMPLE_DAY.year
        assert len(set(one["hobbies"])) == len(set(one["short_term_goals"])) == 3


def test_a_crowd_is_varied():
    for name, least in (("country", 30), ("occupation", 150), ("isced", 9), ("household", 8)):
        assert len({one[name] for one in crowd()}) >= least
    assert {one["gender"] for one in crowd()} == set(POOLS.genders)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("occupation", [one.name for one in POOLS.occupations]),
        ("isced", [one.isced for one in POOLS.levels]),
        ("culture", [one.culture for one in POOLS.places]),
        ("city", [city for one in POOLS.places for city in one.cities]),
        ("household", list(POOLS.households)),
        ("income", list(POOLS.incomes)),
        ("gender", list(POOLS.genders)),
        ("activity", sorted({str(v) for band in POOLS.activities for v in band.weights})),
        ("marital_status", sorted({str(v) for b in POOLS.marital_statuses for v in b.weights})),
        ("children", sorted({int(v) for band in POOLS.children for v in band.weights})),
        ("age", list(range(6, 101))),
    ],
)
def test_every_entry_of_every_pool_can_be_reached(name, values):
    rng = np.random.default_rng(5)
    for value in values:
        facts = SAMPLER.draw_core(rng, Wish({name: frozenset([value])}))
        assert facts[name] == value
        assert POOLS.rulebook.broken(facts) == []


def test_every_hobby_and_goal_is_somebodys():
    found = Counter(text for one in crowd() for text in (*one["hobbies"], *one["short_term_goals"]))
    found.update(one["long_term_goal"] for one in crowd())
    rng = np.random.default_rng(3)
    wanted = {one.name for one in POOLS.hobbies}
    wanted |= {one.goal for one in (*POOLS.short_term, *POOLS.long_term)}
    rare = wanted - set(found)
    whose = {one.goal: one.when for one in (*POOLS.short_term, *POOLS.long_term)}
    for text in rare:  # a goal of few occupations: ask for one of them
        wish = Wish(
            {
                name: frozenset(test["in"])
                for name, test in whose[text].items()
                if isinstance(test, dict) and "in" in test
            }
        )
        drawn = (SAMPLER.draw(rng, wish) for _ in range(2000))
        assert any(text in (*one["short_term_goals"], one["long_term_goal"]) for one in drawn), text
    assert len(rare) < 15


def test_goals_and_hobbies_suit_the_person():
    whose = {one.goal: one.when for one in (*POOLS.short_term, *POOLS.long_term)}
    for one in crowd(600):
        for goal in (*one["short_term_goals"], one["long_term_goal"]):
            when = whose[goal]
            if "age" in when:
                assert when["age"].get("min", 0) <= one["age"] <= when["age"].get("max", 200)
            if isinstance(when.get("activity"), dict) and "in" in when["activity"]:
                assert one["activity"] in when["activity"]["in"]


def test_the_same_seed_gives_the_same_person():
    first = [SAMPLER.draw(np.random.default_rng(seed)) for seed in range(40)]
    again = [AttributeSampler().draw(np.random.default_rng(seed)) for seed in reversed(range(40))]
    assert first == again[::-1]


@given(
    st.integers(0, 2**31),
    st.sets(st.integers(6, 100), min_size=1),
    st.sets(st.integers(0, 8), min_size=1),
)
def test_what_is_asked_comes_or_is_refused_with_a_rule(seed, ages, levels):
    wish = Wish({"age": frozenset(ages), "isced": frozenset(levels)})
    earliest = {one.isced: one.earliest for one in POOLS.levels}
    try:
        facts = SAMPLER.draw(np.random.default_rng(seed), wish)
    except InputError as error:
        assert all(age < earliest[level] for age in ages for level in levels)
        assert "school-starts-at-six" in str(error) or "education-lies-behind" in str(error)
    else:
        assert facts["age"] in ages
        assert facts["isced"] in levels
        assert POOLS.rulebook.broken(facts) == []


def test_a_wish_against_the_rules_names_them():
    wish = Wish({"age": frozenset([19]), "marital_status": frozenset(["widowed"])})
    with pytest.raises(InputError, match=r"age 19; marital_status widowed: widowed-from-25 \("):
        SAMPLER.draw_core(np.random.default_rng(0), wish)
    with pytest.raises(InputError, match="no such country in the pools"):
        SAMPLER.draw_core(np.random.default_rng(0), Wish({"country": frozenset(["Atlantis"])}))


def test_data_may_say_what_the_rules_forbid_but_the_rest_keeps_to_them():
    told = {"age": frozenset([22]), "marital_status": frozenset(["widowed"])}
    facts = SAMPLER.draw_core(np.random.default_rng(0), Wish(told, data=True))
    assert facts["marital_status"] == "widowed"
    assert [rule.id for rule in POOLS.rulebook.broken(facts)] == ["widowed-from-25"]


def test_values_no_pool_knows_are_taken_as_they_are():
    wish = Wish({"activity": frozenset(["employed"])}, {"occupation": "cooper", "isced": None})
    facts = SAMPLER.draw(np.random.default_rng(0), wish)
    assert (facts["occupation"], facts["isco"], facts["isced"]) == ("cooper", None, None)
    profile = profile_of(facts, POOLS)
    assert (profile.occupation, profile.education) == ("cooper", "")
    assert "education_finished" not in profile.attributes


@pytest.mark.parametrize("day", [date(2024, 2, 29), date(2026, 1, 1), date(2026, 12, 31)])
def test_every_day_can_be_the_day_people_live_on(day):
    sampler = AttributeSampler(day)
    rng = np.random.default_rng(1)
    for _ in range(200):
        profile = profile_of(sampler.draw(rng), POOLS)
        assert profile.as_of == day
        assert Profile.model_validate(profile.model_dump()) == profile


@pytest.mark.parametrize("place", POOLS.places, ids=lambda place: place.culture)
def test_names_fit_gender_and_culture(place):
    faker = Faker(place.names, providers=["faker.providers.person"])
    lists = faker.get_providers()[0]
    rng = np.random.default_rng(2)
    stem = "first_romanized_names" if place.romanised else "first_names"
    for gender in ("female", "male"):
        known = {str(one).title() if place.romanised else str(one)
                 for one in getattr(lists, f"{stem}_{gender}")}  # fmt: skip
        for _ in range(25):
            name = draw_name(rng, place, gender)
            assert name == name.strip()
            assert all(char.isalpha() or char in " -.’‘'ʻʼ`" for char in name), name
            first = name.split()[-1] if place.family_first else name
            assert any(first == one or first.startswith(f"{one} ") for one in known) or (
                place.family_first and name.endswith(tuple(known))
            ), name


def test_other_genders_take_names_of_either_list():
    place = next(one for one in POOLS.places if one.names == "pl_PL")
    rng = np.random.default_rng(4)
    endings = {draw_name(rng, place, "non-binary").split()[0][-1] for _ in range(200)}
    assert "a" in endings  # Polish first names of women end in it, those of men hardly ever
    assert len(endings) > 5


def test_a_profile_says_what_was_drawn():
    for facts in crowd(100):
        profile = profile_of(facts, POOLS, {"education": "Degree"}, {"party": "B", "income": None})
        assert profile.education == "Degree"
        assert profile.attributes["party"] == "B"
        assert "income" not in profile.attributes
        assert profile.attributes["children"] == str(facts["children"])
        assert profile.place == f"{facts['city']}, {facts['country']}"
        if facts["activity"] == "retired":
            assert profile.occupation == f"retired {facts['occupation']}"
