"""Names that fit gender and culture, from the lists of the library Faker (MIT)."""

from functools import cache

import numpy as np
from faker import Faker

from personas.attributes.pools import Place

_FEMALE, _MALE = "female", "male"


def draw_name(rng: np.random.Generator, place: Place, gender: str) -> str:
    """A full name as it is written in the culture.

    Any gender but female and male takes a name of either list.
    """
    faker = _faker(place.names)
    faker.seed_instance(int(rng.integers(2**31)))
    kind = gender if gender in (_FEMALE, _MALE) else (_FEMALE, _MALE)[int(rng.integers(2))]
    if place.romanised:
        first = getattr(faker, f"first_romanized_name_{kind}")().title()
        families = [faker.last_romanized_name().title()]
    else:
        first = getattr(faker, f"first_name_{kind}")()
        families = [getattr(faker, f"last_name_{kind}")() for _ in range(place.surnames)]
    parts = [*families, first] if place.family_first else [first, *dict.fromkeys(families)]
    return " ".join(parts)


@cache
def _faker(locale: str) -> Faker:
    """Faker with the names of one locale; seeded anew before each name."""
    return Faker(locale, providers=["faker.providers.person"])
