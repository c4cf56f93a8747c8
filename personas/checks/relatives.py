"""Relatives that facts name by a role, in a list, or through the mother, against the profile."""

import re
from collections.abc import Iterator, Sequence

from personas.checks.claims import Claim, Life
from personas.checks.family import NEVER_MARRIED, against_profile, field_of, unlisted, whole
from personas.checks.finding import Finding
from personas.checks.kinship import NAME, QUALITY, Kin
from personas.checks.names import same_name
from personas.checks.profile_claims import children_of, marital_status_of, siblings_of

_SEXES = {
    "son": ("son",), "daughter": ("daughter",),
    "brother": ("brother", "half-brother"), "sister": ("sister", "half-sister"),
}  # fmt: skip
_ROLE = rf"{QUALITY}(?P<role>son|daughter|child|brother|sister|husband|wife)"
_ONE = re.compile(rf"(?:an? |the |one |his |her )?{_ROLE}(?: of .*)?", re.IGNORECASE)
_OWNED = re.compile(rf"(?P<owner>.+?)['’]s {_ROLE}", re.IGNORECASE)
_LISTED = re.compile(
    r"(?P<owner>.+?)['’]s (?:living |surviving |remaining |other |own )?"
    r"(?P<role>children|siblings|brothers|sisters|brothers and sisters)",
    re.IGNORECASE,
)
_NAMES = re.compile(NAME)


def through_the_mother(life: Life) -> Iterator[Finding]:
    """The mother's other children, who are brothers and sisters, against those of the profile."""
    listed = siblings_of(life.persona.profile)
    mother = life.names.who(f"{life.persona.name}'s mother")
    if listed is None or mother == life.names.key(f"{life.persona.name}'s mother"):
        return
    field = field_of(life, ("sibling", "brother", "sister"))
    others = [
        one for one in life.about(mother, "parent_of") if life.names.who(one.object) != life.main
    ]
    yield from unlisted(others, listed, "sibling", field)
    total = sum(one.count for one in listed) + 1
    for claim in life.about(mother, "child_count"):
        if (whole(claim) or 0) > total:
            message = f"{claim.words}, and the profile makes it {total}"
            yield against_profile("sibling-count", message, claim, field)


def lists(life: Life) -> Iterator[Finding]:
    """Lists such as "Ana's children: three, Ben, Tom and Ida" with somebody unknown in them."""
    mother = life.names.who(f"{life.persona.name}'s mother")
    for claim in life.claims:
        match = _LISTED.fullmatch(claim.subject) if claim.relation == "is" else None
        if not match:
            continue
        owner, children = life.names.who(match["owner"]), match["role"].casefold() == "children"
        if owner not in (life.main, mother):
            continue
        own = children and owner == life.main
        listed = children_of(life.persona.profile) if own else siblings_of(life.persona.profile)
        field = field_of(life, ("child",) if own else ("sibling", "brother", "sister"))
        named = [
            claim.model_copy(update={"object": one})
            for one in _NAMES.findall(claim.object)
            if not same_name(one, life.persona.name)
        ]
        if listed is not None:
            yield from unlisted(named, listed, "child" if own else "sibling", field)


def roles(life: Life) -> Iterator[Finding]:
    """A son, a brother, a wife whom no name is given to, and whom the profile rules out."""
    for claim in life.claims:
        if claim.source != "facts":
            continue
        for role in _roles_in(life, claim):
            if field := _ruled_out(life, role):
                message = f"{claim.words}, and the profile knows of no {role}"
                yield against_profile(f"{role}-unknown", message, claim, field)
                break


def _roles_in(life: Life, claim: Claim) -> Iterator[str]:
    """What relatives of the person a claim speaks of by a role alone."""
    owned = _OWNED.fullmatch(claim.subject)
    if owned and life.names.who(owned["owner"]) == life.main:
        yield owned["role"].casefold()
    main, other = claim.subject, claim.object
    if claim.relation == "sibling_of":
        main, other = other, main
    elif claim.relation != "parent_of":
        return
    alone = _ONE.fullmatch(other)
    if alone and life.names.who(main) == life.main:
        yield alone["role"].casefold()


def _ruled_out(life: Life, role: str) -> str:
    """The field of the profile that leaves no such relative; empty where there may be one."""
    known = life.persona.profile
    if role in ("husband", "wife"):
        field, status = marital_status_of(known)
        return field if NEVER_MARRIED.search(status) else ""
    if role in ("son", "daughter", "child"):
        return "" if _some(children_of(known), role) else field_of(life, ("child",))
    known_siblings = siblings_of(known)
    return "" if _some(known_siblings, role) else field_of(life, ("sibling", "brother", "sister"))


def _some(listed: Sequence[Kin] | None, role: str) -> bool:
    """Whether a list has, or may have, somebody of that role."""
    if listed is None:
        return True
    open_ = ("child", "children", "sibling")
    return any(one.role in (*_SEXES.get(role, ()), *open_) or role == "child" for one in listed)
