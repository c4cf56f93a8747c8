from collections import Counter

import pytest
from faker import Faker
from faker.config import AVAILABLE_LOCALES

from personas.attributes.conditions import fields_of
from personas.attributes.pools import OLDEST, at_age, load_pools

POOLS = load_pools()


def test_the_pools_are_as_large_as_they_should_be():
    codes = {one.code for one in POOLS.occupations}
    assert len(codes) >= 120
    assert {code[0] for code in codes} == set("0123456789") == set(POOLS.majors)
    assert len(POOLS.hobbies) >= 60
    assert len(POOLS.short_term) >= 60
    assert len(POOLS.long_term) >= 40
    assert [level.isced for level in POOLS.levels] == list(range(9))
    assert len({place.country for place in POOLS.places}) >= 24
    assert len({place.culture for place in POOLS.places}) == len(POOLS.places)
    assert {place.continent for place in POOLS.places} == {
        "Africa", "Asia", "Europe", "North America", "Oceania", "South America",
    }  # fmt: skip


@pytest.mark.parametrize(
    "names",
    [
        [one.name for one in POOLS.occupations],
        [one.name for one in POOLS.hobbies],
        [one.goal for one in (*POOLS.short_term, *POOLS.long_term)],
        [one.id for one in POOLS.rules],
        [word for one in POOLS.words for word in one.words],
        [f"{city}, {one.culture}" for one in POOLS.places for city in one.cities],
    ],
)
def test_nothing_comes_twice(names):
    assert [name for name, times in Counter(names).items() if times > 1] == []


def test_occupations_stand_in_order_with_sensible_ranges():
    codes = [one.code for one in POOLS.occupations]
    assert codes == sorted(codes)
    titles: dict[str, str] = {}
    for one in POOLS.occupations:
        assert titles.setdefault(one.code, one.title) == one.title
        assert 14 <= one.age <= 40
        assert 0 <= one.isced[0] <= one.isced[1] <= 8


def test_words_for_education_name_ranges_of_levels_in_plain_lower_case():
    for one in POOLS.words:
        assert 0 <= one.isced[0] <= one.isced[1] <= 8
        assert all(word == " ".join(word.lower().split()) for word in one.words)


def test_levels_take_longer_the_higher_they_are():
    earliest = [level.earliest for level in POOLS.levels]
    assert earliest == sorted(earliest)


def test_bands_of_age_cover_every_year():
    for bands in (POOLS.ages, POOLS.activities, POOLS.marital_statuses, POOLS.children):
        starts = [band.start for band in bands]
        assert starts == sorted(set(starts))
        assert all(at_age(bands, age) is not None for age in range(POOLS.youngest, OLDEST + 1))


def test_every_condition_names_known_fields():
    entries = (*POOLS.hobbies, *POOLS.short_term, *POOLS.long_term)
    for one in entries:
        assert fields_of(one.when) <= POOLS.fields.keys()


def test_every_locale_has_names_for_women_and_men_in_latin_letters():
    for place in POOLS.places:
        assert place.names in AVAILABLE_LOCALES
        provider = f"faker.providers.person.{place.names}"
        form = "first_romanized_name_{}" if place.romanised else "first_name_{}"
        faker = Faker(place.names, providers=["faker.providers.person"])
        for kind in ("female", "male"):
            assert getattr(faker, form.format(kind))()
        assert provider in {one.__class__.__module__ for one in faker.get_providers()}
