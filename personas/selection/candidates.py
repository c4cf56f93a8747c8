"""Candidates as a model sees them, and which others each is most like."""

from collections.abc import Mapping, Sequence

from personas.personality.data import facet_model
from simulacra.domain.persona import Persona, Personality

_YEARS = 10
"""Ages in the same span of so many years count as alike."""


def described(persona: Persona) -> list[tuple[str, str]]:
    """Field and value of everything that is known of a candidate, in a fixed order."""
    profile = persona.profile
    born = profile.date_of_birth.isoformat() if profile.date_of_birth else ""
    fields = [
        ("name", persona.name),
        ("gender", profile.gender),
        ("age", str(profile.age)),
        ("date_of_birth", born),
        ("occupation", profile.occupation),
        ("education", profile.education),
        ("family", profile.family),
        ("place", profile.place),
        ("culture", profile.culture),
        ("languages", ", ".join(profile.languages)),
        ("hobbies", ", ".join(profile.hobbies)),
        ("short_term_goals", "; ".join(profile.short_term_goals)),
        ("long_term_goal", profile.long_term_goal),
        ("attributes", _further(profile.attributes)),
        ("personality", _character(persona.personality)),
    ]
    return [(field, value) for field, value in fields if value]


def summary(persona: Persona) -> str:
    """A candidate in one line: who somebody is to those who stand beside them."""
    profile = persona.profile
    parts = [
        persona.name,
        profile.gender,
        str(profile.age),
        profile.occupation,
        profile.place,
        f"hobbies: {', '.join(profile.hobbies)}" if profile.hobbies else "",
        f"goal: {profile.long_term_goal}" if profile.long_term_goal else "",
        f"strongest functions: {' and '.join(persona.personality.functions[:2])}"
        if persona.personality.functions
        else "",
    ]
    return "; ".join(part for part in parts if part)


def nearest(candidates: Sequence[Persona], count: int) -> dict[str, tuple[Persona, ...]]:
    """The ``count`` most similar other candidates of each, by id, most similar first.

    Two are as similar as the features that they share: values of the profile, each hobby, language
    and goal, the ten-year span of the age, facets far from average, the two strongest functions.
    Ties go by id.
    """
    features = {one.id: _features(one) for one in candidates}
    found = {}
    for one in candidates:
        mine = features[one.id]
        others = sorted(
            (other for other in candidates if other.id != one.id),
            key=lambda other: (-len(mine & features[other.id]), other.id),
        )
        found[one.id] = tuple(others[:count])
    return found


def _features(persona: Persona) -> frozenset[tuple[str, str]]:
    profile, personality = persona.profile, persona.personality
    single = ("gender", "occupation", "education", "family", "place", "culture", "long_term_goal")
    several = ("languages", "hobbies", "short_term_goals")
    pairs = [(field, getattr(profile, field)) for field in single]
    pairs += [(field, value) for field in several for value in getattr(profile, field)]
    pairs += list(profile.attributes.items())
    pairs += [("functions", one) for one in personality.functions[:2]]
    pairs += [(facet, str(level)) for facet, level in personality.facets.items() if level in (1, 5)]
    pairs.append(("age", str(profile.age // _YEARS)))
    return frozenset((field, value.casefold()) for field, value in pairs if value)


def _further(attributes: Mapping[str, str]) -> str:
    return "; ".join(f"{name.replace('_', ' ')}: {text}" for name, text in attributes.items())


def _character(personality: Personality) -> str:
    """Big Five levels, the facets far from average and the order of the functions, in words."""
    levels = facet_model().levels
    parts = []
    if personality.facets:
        means = personality.domain_levels().items()
        parts.append(", ".join(f"{domain} {mean:.1f}" for domain, mean in means) + " (1 to 5)")
    far = [
        f"{levels[level]} {facet.replace('_', ' ')}"
        for facet, level in personality.facets.items()
        if level in (min(levels), max(levels))
    ]
    if far:
        parts.append(", ".join(far))
    if personality.functions:
        parts.append(f"functions, strongest first: {' '.join(personality.functions)}")
    return "; ".join(parts)
