"""Families: brothers and sisters, children, marriages, against each other and the profile."""

import re
from collections.abc import Iterator, Sequence

from personas.checks.claims import Claim, Life, conflict
from personas.checks.finding import Finding
from personas.checks.kinship import Kin
from personas.checks.names import is_person, same_name
from personas.checks.profile_claims import children_of, marital_status_of, siblings_of
from personas.checks.wording import opposed, stems

NEVER_MARRIED = re.compile(r"\b(?:never (?:been )?married|unmarried|bachelor|spinster)\b", re.I)
"""What a marital status says of somebody who never had husband or wife."""
_SINGLE = re.compile(r"\bsingle\b", re.IGNORECASE)
_OVER = re.compile(r"\b(?:divorced|widow(?:ed|er)?|separated)\b", re.IGNORECASE)
_OVER_SINCE = re.compile(
    r"\b(?:single|divorced|widowed|separated|alone) (?:since|in) (\d{4})", re.I
)
_LESSER = re.compile(r"\b(?:school|diploma|certificate|licen[cs]e|ticket|apprentice\w*)\b", re.I)
_SHORT_TERTIARY = 5  # ISCED 2011: from this level on there are degrees
_NAME = re.compile(r"[A-ZÀ-ÖØ-ÞŁŚŻ][^\W\d_]+(?: [A-ZÀ-ÖØ-ÞŁŚŻ][^\W\d_]+)*")


def siblings(life: Life) -> Iterator[Finding]:
    """Brothers and sisters whom the profile does not know, or more than are counted."""
    named = _siblings_named(life, life.main)
    listed = siblings_of(life.persona.profile)
    if listed is not None:
        yield from unlisted(
            named, listed, "sibling", field_of(life, ("sibling", "brother", "sister"))
        )
        total = sum(one.count for one in listed)
        for claim in life.about(life.main, "sibling_count"):
            if whole(claim) != total:
                message = f"{claim.words}, and the profile lists {total}"
                yield against_profile("sibling-count", message, claim, field_of(life, ("sibling",)))
        yield from _by_sex(life, listed)
    yield from _too_many(life, "sibling_count", named, "siblings-uncounted")


def children(life: Life) -> Iterator[Finding]:
    """Children whom the profile does not know, more than are counted, or fewer than before."""
    named = _children_named(life, life.main)
    listed = children_of(life.persona.profile)
    field = field_of(life, ("child", "children"))
    if listed is not None:
        yield from unlisted(named, listed, "child", field)
        total = sum(one.count for one in listed)
        for claim in life.about(life.main, "child_count"):
            if (whole(claim) or 0) > total:
                message = f"{claim.words}, and the profile lists {total}"
                yield against_profile("child-count", message, claim, field)
    yield from _fallen(life)


def marriages(life: Life) -> Iterator[Finding]:
    """A marriage of the person that the profile rules out."""
    field, status = marital_status_of(life.persona.profile)
    if not status:
        return
    wedded = [
        *life.about(life.main, "married_to"),
        *(one for _, some in life.of("married_to") for one in some if _is(life, one.object)),
        *(one for one in life.about(life.main, "marital_status") if _married(one.object)),
    ]
    for claim in wedded:
        problem = _ruled_out(life, claim, status)
        if problem:
            message = f"{claim.words}, but the profile says: {status}"
            yield against_profile("marriage", message, claim, field)
    for claim in life.about(life.main, "marital_status"):
        if _widowed_otherwise(claim.object, status):
            message = f"{claim.words}, but the profile says: {status}"
            yield against_profile("marriage", message, claim, field)


def degrees(life: Life) -> Iterator[Finding]:
    """Degrees of the person that the profile's education does not have."""
    known = life.persona.profile
    for claim in life.about(life.main, "holds_degree"):
        if claim.source == "profile" or not known.education or known.isced is None:
            continue
        if _LESSER.search(claim.object) and known.isced < _SHORT_TERTIARY:
            continue
        if known.isced < _SHORT_TERTIARY or not _shares(claim.object, known.education):
            message = f"{claim.words}, but the profile says: {known.education}"
            yield against_profile("degree", message, claim, "education")


def counted_apart(life: Life) -> Iterator[Finding]:
    """More brothers, or sisters, than brothers and sisters together."""
    for subject, totals in life.of("sibling_count"):
        for part in ("brother_count", "sister_count"):
            for claim in life.about(subject, part):
                over = [one for one in totals if (whole(claim) or 0) > (whole(one) or 0)]
                if over:
                    message = f"{claim.words}, and {over[0].words}"
                    yield conflict("sibling-count", message, claim, over[0])


def _by_sex(life: Life, listed: Sequence[Kin]) -> Iterator[Finding]:
    """Brothers and sisters by number against those of the profile, where it tells them apart."""
    if any(one.role == "sibling" for one in listed):
        return
    for role in ("brother", "sister"):
        total = sum(one.count for one in listed if one.role.endswith(role))
        for claim in life.about(life.main, f"{role}_count"):
            if (whole(claim) or 0) > total:
                message = f"{claim.words}, and the profile lists {total}"
                yield against_profile(
                    "sibling-count", message, claim, field_of(life, ("sibling", role))
                )


def _siblings_named(life: Life, person: str) -> list[Claim]:
    found = []
    for subject, claims in life.of("sibling_of"):
        for claim in claims:
            other = life.names.who(claim.object)
            if person in (subject, other) and subject != other:
                found.append(_of(claim, claim.subject if other == person else claim.object))
    return found


def _children_named(life: Life, person: str) -> list[Claim]:
    return [_of(one, one.object) for one in life.about(person, "parent_of")]


def _of(claim: Claim, name: str) -> Claim:
    """The claim with the relative's name as its object."""
    return claim.model_copy(update={"object": name})


def unlisted(
    named: Sequence[Claim], listed: Sequence[Kin], role: str, field: str
) -> Iterator[Finding]:
    """Named relatives who are none of the listed ones, where the list names all of its own."""
    names = [name for one in listed for name in one.names]
    if any(len(one.names) < one.count for one in listed):
        return
    for claim in named:
        if is_person(claim.object) and not any(same_name(claim.object, one) for one in names):
            who = ", ".join(names) or "nobody"
            message = f"{claim.object} is a {role} here, and the profile knows {who}"
            yield against_profile(f"{role}-unknown", message, claim, field)


def _too_many(life: Life, relation: str, named: Sequence[Claim], kind: str) -> Iterator[Finding]:
    people: list[Claim] = []
    for claim in named:
        known = {life.names.who(one.object) for one in people}
        if is_person(claim.object) and life.names.who(claim.object) not in known:
            people.append(claim)
    for count in life.about(life.main, relation):
        number = whole(count)
        if number is not None and len(people) > number:
            extra = max(people, key=lambda one: one.order)
            who = ", ".join(one.object for one in people)
            yield conflict(kind, f"{count.words}, but named are {who}", extra, count)


def _fallen(life: Life) -> Iterator[Finding]:
    for _, claims in life.of("child_count"):
        for claim in claims:
            later = [
                one
                for one in claims
                if one.source != "text"  # "her son" says that there is one, not that he is the only
                and one.told and claim.told and one.told[0] > claim.told[0]
                and (whole(one) or 0) < (whole(claim) or 0)
            ]  # fmt: skip
            if later:
                yield conflict(
                    "child-count", f"{claim.words}, and later {later[0].object}", claim, later[0]
                )


def _ruled_out(life: Life, claim: Claim, status: str) -> bool:
    if NEVER_MARRIED.search(status):
        return True
    over = _OVER_SINCE.search(status)
    if over and claim.day and claim.day[0].year > int(over[1]):
        return claim.relation == "marital_status" or not _known_spouse(claim, status)
    if _SINGLE.search(status) and not _OVER.search(status):
        return not _ended(life)
    named = _names_in(status)
    return claim.relation == "married_to" and bool(named) and not _known_spouse(claim, status)


def _known_spouse(claim: Claim, status: str) -> bool:
    return any(
        same_name(name, one) for name in _names_in(status) for one in (claim.object, claim.subject)
    )


def _names_in(status: str) -> list[str]:
    """Names in a status; its own first word ("Married to Ana Ruiz") is none."""
    return _NAME.findall(status[:1].lower() + status[1:])


def _ended(life: Life) -> bool:
    """Whether the story tells of an end to a marriage."""
    statuses = [one.object for one in life.about(life.main, "marital_status")]
    return any(_OVER.search(one) for one in statuses)


def _married(status: str) -> bool:
    return re.search(r"\b(?:re)?married\b", status, re.I) is not None and not (
        NEVER_MARRIED.search(status)
    )


def _widowed_otherwise(told: str, status: str) -> bool:
    """A widow whose profile says divorced, and the other way round."""
    return bool(
        (re.search(r"\bwidow", told, re.I) and re.search(r"\bdivorced\b", status, re.I))
        or (re.search(r"\bdivorced\b", told, re.I) and re.search(r"\bwidow", status, re.I))
        or (_OVER.search(told) and NEVER_MARRIED.search(status))
    )


def _is(life: Life, name: str) -> bool:
    return life.names.who(name) == life.main


def whole(claim: Claim) -> int | None:
    """The number in a claim's object."""
    found = re.search(r"\d+", claim.object)
    return int(found[0]) if found else None


def _shares(one: str, other: str) -> bool:
    return bool(stems(one) & stems(other)) and not opposed(one, other)


def field_of(life: Life, keys: tuple[str, ...]) -> str:
    """The first attribute of the profile whose name starts with one of the keys."""
    for key in life.persona.profile.attributes:
        if key.casefold().startswith(keys):
            return f"attributes.{key}"
    return ""


def against_profile(kind: str, message: str, claim: Claim, field: str) -> Finding:
    """A contradiction of a claim and an entry of the profile."""
    found = conflict(kind, message, claim)
    return found.model_copy(update={"detail": f"profile.{field}" if field else ""})
