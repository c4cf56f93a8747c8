"""The cast of a life: who there is in it, and what each is to the person whose life it is.

It comes from the profile and from the facts of the story, without a model. Readers of single
passages are told it, and roles ("Ana's grandmother") are taken for the one person who has them.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from personas.checks.kinship import NAME, relatives
from personas.checks.names import Names, folded, is_person
from simulacra.domain.base import Frozen
from simulacra.domain.persona import Fact, Persona

_GRADES = r"(?:great-)?(?:grand|step|half-|foster )?"
_KIN_NOUN = (
    rf"{_GRADES}(?:mother|father|parent|sister|brother|son|daughter|child|aunt|uncle|niece|nephew"
    r"|cousin|husband|wife|godmother|godfather)"
)
KIN_WORD = re.compile(
    rf"\b(?:{_KIN_NOUN}s?|children|siblings?|(?:un)?married|single|divorced|widow\w*|engaged|partner)\b",
    re.I,
)
"""Words by which an entry of a profile speaks of the family."""
_ROLE_OF = re.compile(
    rf"\b(?P<role>{_KIN_NOUN})\b(?! of the)(?:[^,;]*?\bof (?P<whose>[A-ZÀ-ÖØ-Þ][^\W\d_]+))?"
)
_GIVEN_ROLE = re.compile(rf"(?P<whose>.+?)['’]s (?P<role>[\w -]*?\b{_KIN_NOUN}\b[\w ]*)$", re.I)
_LEADING_NAME = re.compile(rf"({NAME})(?:, (.+))?")
_IN_PASSING = re.compile(
    rf"\b(?:his|her|their) (?P<role>(?:[a-z]+ )?{_KIN_NOUN}),? (?P<name>{NAME})"
)
_ONCE_MARRIED = re.compile(rf"\b(?:married to|from|of) ({NAME})")
_ELDER = ("elder", "older", "big")
_YOUNGER = ("younger", "little")
_NOTE = 60  # characters
_OF_MAIN = {
    "parent_of": ("parent", "child"),
    "sibling_of": ("brother or sister", "brother or sister"),
    "married_to": ("husband or wife", "husband or wife"),
    "partner_of": ("partner", "partner"),
}


class Member(Frozen):
    """Somebody of a life. ``role``: what they are to the person, "" where that is not known.

    ``born`` and ``died`` are dates as the facts give them; ``note`` says a little more.
    """

    name: str
    role: str = ""
    born: str = ""
    died: str = ""
    note: str = ""


def cast_of(
    persona: Persona, others: Iterable[str] = (), *, limit: int | None = None
) -> tuple[Member, ...]:
    """The people of a life without the person: kin first, then who is named most often.

    ``others`` are names that stand neither in profile nor in facts; ``limit`` bounds the number.
    """
    listed = [*_of_profile(persona), *_of_facts(persona)]
    listed += [Member(name=one) for one in _named(persona.facts)]
    listed += [Member(name=one) for one in others if is_person(one)]
    names = Names([persona.name, *(one.name for one in listed)])
    grouped: dict[str, list[Member]] = {}
    for one in listed:
        grouped.setdefault(names.key(one.name), []).append(one)
    grouped.pop(names.key(persona.name), None)
    times = Counter(names.key(one) for one in _named(persona.facts))
    members = [(key, _one(key, some, persona.facts, names)) for key, some in grouped.items()]
    members.sort(key=lambda pair: (not pair[1].role, -times[pair[0]]))
    return tuple(member for _, member in members[:limit])


def roles_of(persona: Persona, members: Sequence[Member]) -> dict[str, str]:
    """Ways to speak of somebody by a role, with the name of the only one who can be meant."""
    holders: dict[str, set[str]] = {}
    for member in members:
        for role in _ways(member.role):
            holders.setdefault(role, set()).add(member.name)
    sure = {role: some.pop() for role, some in holders.items() if len(some) == 1}
    owners = _owners(persona)
    found = {f"{owner} {role}": name for role, name in sure.items() for owner in owners}
    # Brothers and sisters have the same parents, as far as a life says nothing else.
    for member in members:
        if _base(member.role) in ("sister", "brother"):
            parents = (role for role in ("mother", "father") if role in sure)
            found |= {f"{member.name}'s {role}": sure[role] for role in parents}
    return found


def _owners(persona: Persona) -> tuple[str, ...]:
    pronoun = {"male": "his", "female": "her"}.get(persona.profile.gender.casefold())
    return (f"{persona.name}'s", "the", *((pronoun,) if pronoun else ()))


def _ways(role: str) -> Iterator[str]:
    """A role as it is told, and without its quality; "elder" and "older" are the same."""
    plain = role.casefold()
    if not re.search(rf"{_KIN_NOUN}$", plain):
        return
    yield plain
    yield _base(plain)
    for same in (_ELDER, _YOUNGER):
        for word in same:
            if plain.startswith(f"{word} "):
                yield from (plain.replace(word, other, 1) for other in same if other != word)


def _base(role: str) -> str:
    return role.split()[-1].casefold() if role else ""


# ---- where people are named ---------------------------------------------------------------------


def _of_profile(persona: Persona) -> Iterator[Member]:
    for key, value in persona.profile.attributes.items():
        label = key.casefold().replace("_", " ")
        if re.fullmatch(_KIN_NOUN, label) and (leading := _LEADING_NAME.match(value)):
            yield Member(name=leading[1], role=label, note=_clipped(leading[2] or ""))
        elif label == "marital status" and (spouse := _ONCE_MARRIED.search(value)):
            yield Member(name=spouse[1], role=_spouse(value))
        elif KIN_WORD.search(label):
            for kin in relatives(value):
                role = f"{kin.quality} {kin.role}".strip()
                yield from (Member(name=name, role=role) for name in kin.names)
        else:
            for told in _IN_PASSING.finditer(value):
                yield Member(name=told["name"], role=told["role"])


def _of_facts(persona: Persona) -> Iterator[Member]:
    main = Names([persona.name]).key(persona.name)
    names = Names([persona.name, *_named(persona.facts)])
    for fact in persona.facts:
        if fact.relation in _OF_MAIN:
            first, second = _OF_MAIN[fact.relation]
            if names.key(fact.object) == main:
                yield Member(name=fact.subject, role=first)
            elif names.key(fact.subject) == main:
                yield Member(name=fact.object, role=second)
            elif fact.relation == "sibling_of":
                yield Member(name=fact.subject, note=f"brother or sister of {fact.object}")
        elif fact.relation == "named" and (given := _GIVEN_ROLE.match(fact.subject)):
            if names.key(given["whose"]) == main:
                yield Member(name=fact.object, role=given["role"].casefold())
        elif fact.relation == "is" and is_person(fact.subject):
            role = _ROLE_OF.search(fact.object)
            if role and role["whose"] and names.key(role["whose"]) == main:
                yield Member(name=fact.subject, role=role["role"])


def _named(facts: Iterable[Fact]) -> list[str]:
    """Everybody whom the facts name, as often as they do."""
    found = []
    for one in facts:
        found += [one.subject] if is_person(one.subject) else []
        if one.relation in _OF_MAIN and is_person(one.object):
            found.append(one.object)
    return found


def _one(key: str, some: Sequence[Member], facts: Iterable[Fact], names: Names) -> Member:
    """What is known of one person, put together; the longest name wins, and the plainest role."""
    told: dict[str, str] = {}
    for fact in facts:
        if fact.relation in ("born_on", "died_on", "works_as") and names.key(fact.subject) == key:
            told.setdefault(fact.relation, fact.object)
    roles = [one.role for one in some if one.role]
    sure = [one for one in roles if " or " not in one and one not in ("parent", "child")]
    notes = [one.note for one in some if one.note]
    return Member(
        name=max((one.name for one in some), key=len),
        role=(sure or roles or [""])[0],
        born=told.get("born_on", ""),
        died=told.get("died_on", ""),
        note=_clipped((notes or [told.get("works_as", "")])[0]),
    )


def _spouse(status: str) -> str:
    plain = folded(status)
    if "divorced" in plain:
        return "former husband or wife"
    return "late husband or wife" if "widow" in plain else "husband or wife"


def _clipped(text: str) -> str:
    return text if len(text) <= _NOTE else f"{text[:_NOTE].rsplit(' ', 1)[0]} …"
