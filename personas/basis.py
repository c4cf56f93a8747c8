"""Whether the profile alone answers a question about a person."""

from typing import Literal

from personas.formats.text_files import plain
from simulacra.domain.persona import Profile, SelfReportQuestion


def profile_values(name: str, profile: Profile) -> frozenset[str]:
    """Every value that stands in a profile, in plain form."""
    values = [
        name, profile.gender, str(profile.age), profile.occupation, profile.education,
        profile.family, profile.place, profile.culture, profile.long_term_goal,
        *profile.languages, *profile.hobbies, *profile.short_term_goals,
        *profile.attributes.values(),
    ]  # fmt: skip
    if profile.date_of_birth:
        values.append(profile.date_of_birth.isoformat())
    return frozenset(plain(value) for value in values if plain(value))


def basis_of(question: SelfReportQuestion, values: frozenset[str]) -> Literal["profile", "story"]:
    """``profile`` when every key is, word for word, one of the profile's values; else ``story``.

    On the published questions of Human Simulacra this gives 28 of 50 points to the profile and
    22 to the life story, the shares that the paper names.
    """
    keys = [question.options.get(key, key) for key in question.answer]
    return "profile" if all(plain(key) in values for key in keys) else "story"
