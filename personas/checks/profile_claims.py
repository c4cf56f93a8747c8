"""What the entries of a profile come to as claims."""

import re

from personas.checks.claims import Claim
from personas.checks.kinship import CHILDREN, SIBLINGS, Kin, relatives, says_none
from simulacra.domain.persona import Persona, Profile

_SIBLINGS = (
    "sibling",
    "siblings",
    "brothers_and_sisters",
    "brother",
    "brothers",
    "sister",
    "sisters",
)
_CHILDREN = ("children", "child", "kids", "sons", "daughters")
_PARENTS = ("mother", "father")
_BIRTHPLACE = ("birthplace", "born_in", "place_of_birth")
_MARITAL = ("marital_status", "civil_status", "relationship_status")
_NO_DEGREE = re.compile(
    r"\bwithout (?:the|a|his|her|their) (?:degree|diploma)\b|\bdropped out\b|\bno degree\b"
    r"|\bunfinished\b|\bnever finished\b|\bdid not finish\b",
    re.IGNORECASE,
)
_LEADING_NAME = re.compile(r"^([A-ZÀ-ÖØ-ÞŁŚŻ][^\W\d_]+(?:[ -][A-ZÀ-ÖØ-ÞŁŚŻ][^\W\d_]+)*)")
_BACHELOR = 6


def profile_claims(persona: Persona) -> list[Claim]:
    """The claims of a profile, each with the field it comes from."""
    known = persona.profile
    rows: list[tuple[str, str, str, str]] = []  # field, subject, relation, object
    if known.date_of_birth:
        rows.append(("date_of_birth", persona.name, "born_on", known.date_of_birth.isoformat()))
    rows += _education(persona)
    for key, value in known.attributes.items():
        rows += _attribute(persona, key.casefold(), value)
    day = (known.as_of, known.as_of) if known.as_of else None
    return [
        Claim(
            subject=subject, relation=relation, object=value, told=day, day=day,
            source="profile", field=field,
        )
        for field, subject, relation, value in rows
    ]  # fmt: skip


def siblings_of(profile: Profile) -> tuple[Kin, ...] | None:
    """The brothers and sisters that a profile lists; None where it says nothing of them."""
    return _listed(profile, _SIBLINGS, SIBLINGS)


def children_of(profile: Profile) -> tuple[Kin, ...] | None:
    """The children that a profile lists; None where it says nothing of them."""
    return _listed(profile, _CHILDREN, CHILDREN)


def marital_status_of(profile: Profile) -> tuple[str, str]:
    """Field and text of the marital status; both empty where the profile has none."""
    for key, value in profile.attributes.items():
        if key.casefold() in _MARITAL:
            return f"attributes.{key}", value
    return "", ""


def _listed(
    profile: Profile, keys: tuple[str, ...], roles: frozenset[str]
) -> tuple[Kin, ...] | None:
    found: list[Kin] = []
    told = False
    for key, value in profile.attributes.items():
        if key.casefold() not in keys:
            continue
        if says_none(value):
            told = True
            continue
        kin = [one for one in relatives(value) if one.role in roles]
        told = told or bool(kin)
        found += kin
    return tuple(found) if told else None


def _education(persona: Persona) -> list[tuple[str, str, str, str]]:
    known = persona.profile
    if not known.education:
        return []
    if _NO_DEGREE.search(known.education):
        return [("education", persona.name, "lacks_degree", "degree")]
    if known.isced is not None and known.isced >= _BACHELOR:
        return [("education", persona.name, "holds_degree", known.education)]
    return []


def _attribute(persona: Persona, key: str, value: str) -> list[tuple[str, str, str, str]]:
    field, name = f"attributes.{key}", persona.name
    if key in _BIRTHPLACE:
        return [(field, name, "born_in", value)]
    if key in ("dislike", "dislikes"):
        return [(field, name, "dislikes", value)]
    if key in ("like", "likes"):
        return [(field, name, "likes", value)]
    if key in _PARENTS:
        parent = _LEADING_NAME.match(value)
        return [(field, f"{name}'s {key}", "named", parent[1])] if parent else []
    return []
