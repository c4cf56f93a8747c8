"""Family told in plain words, against the family that the profile lists."""

import re
from collections.abc import Iterator, Sequence

from personas.checks.claims import Life
from personas.checks.coreference import Coreference
from personas.checks.family import field_of
from personas.checks.finding import Finding
from personas.checks.kinship import CHILDREN, QUALITY, SIBLINGS, Kin
from personas.checks.names import folded
from personas.checks.passages import in_speech, told_sentences, told_wrong
from personas.checks.profile_claims import children_of, marital_status_of, siblings_of
from personas.checks.wording import NUMBERS
from simulacra.domain.memory import Span
from simulacra.domain.persona import Episode

_MANY = "|".join(sorted((*NUMBERS, "a", "an", "any"), key=len, reverse=True))
_ROLE = r"(?:brother|sister|sibling|son|daughter|child|children)(?:s|ren)?"
_PART = re.compile(rf"\b(?P<many>{_MANY}|\d+) {QUALITY}(?P<role>{_ROLE})\b(?!-)", re.IGNORECASE)
_LIST = (
    rf"(?:{_MANY}|\d+) {QUALITY}{_ROLE}(?![-\w])(?:(?:,| and|, and) (?:{_MANY}) {QUALITY}{_ROLE})*"
)
_CLAIMED = rf"(?:{_MANY}) (?:brother|sister|sibling)s\b"  # ``told_claims`` reads these
_UNSURE = re.compile(
    r"\b(?:if|would|might|could|wish\w*|want\w*|dream\w*|as if|like|almost"
    r"|nearly|half|perhaps|until"
    r"|before|more than|another|might have|should)\b",
    re.IGNORECASE,
)
_CHILDLESS = r"(?:no|never had(?: any)?|not have any) (?:children|child|sons? or daughters?)"
_WEDS = (
    r"(?:(?:got|were|was|had been|had got) married(?! to (?:the|his|her)\b)|had married"
    r"|married (?=[A-Z]))"
)
_NEVER = re.compile(r"\b(?:never (?:been )?married|unmarried|bachelor|spinster)\b", re.IGNORECASE)
_EVER = re.compile(r"\b(?:married|divorced|widow\w*|separated)\b", re.IGNORECASE)
_NAMED = re.compile(r"[A-ZÀ-ÖØ-Þ][^\W\d_]+")


def counts(life: Life) -> Iterator[Finding]:
    """Brothers, sisters and children by number: "three brothers", "the youngest of five"."""
    mentions = life.coreference
    for episode, one in told_sentences(life.persona):
        start, end = one.span.start, one.span.end
        if not _UNSURE.search(life.persona.story, start, end):
            yield from _owned(life, mentions, episode, one.span)
            yield from _rank(life, mentions, episode, one.span)


def nobody(life: Life) -> Iterator[Finding]:
    """The childless, and only children, although the story has told of one before."""
    mentions = life.coreference
    who = mentions.subject()
    patterns = (
        (rf"\b({who}) (?:was|had (?:always )?been) (?:an|the) only child\b", "sibling"),
        (rf"\b({who}) had (?:no|never had any) (?:brothers or sisters|siblings)\b", "sibling"),
        (rf"\b({who}) (?:had|was) (?:{_CHILDLESS}|childless)\b", "child"),
    )
    for pattern, role in patterns:
        listed = siblings_of(life.persona.profile) if role == "sibling" else None
        listed = children_of(life.persona.profile) if role == "child" else listed
        for episode, span in _matches(life, mentions, pattern):
            if listed and _told_before(life, listed, span.start):
                keys = ("sibling", "brother", "sister") if role == "sibling" else ("child",)
                field = field_of(life, keys)
                yield _against(life, episode, span, "nobody-told", field)


def marital(life: Life) -> Iterator[Finding]:
    """Widows, weddings and "never married" that the profile's marital status rules out."""
    field, status = marital_status_of(life.persona.profile)
    if not status:
        return
    mentions = life.coreference
    who = mentions.subject()
    never = bool(_NEVER.search(status) or (status[:6].casefold() == "single" and _since(status)))
    rules = (
        (rf"\b({who}) (?:was|had been|was now) (?:a )?(?:young |old )?widow(?:er|ed)?\b",
         not re.search(r"widow", status, re.I)),
        (rf"\b({who}), (?:a|by then a|now a) widow(?:er)?\b", not re.search("widow", status, re.I)),
        (rf"\b({who}) {_WEDS}\b", never),
        (rf"\b({who}) had never (?:been )?married\b", _weds_before(status)),
    )  # fmt: skip
    for pattern, wrong in rules:
        for episode, span in _matches(life, mentions, pattern) if wrong else ():
            if "never" in life.persona.text_of(span) and not _over(status, episode):
                continue
            yield _against(life, episode, span, "marriage", field)


def _since(status: str) -> bool:
    """Whether a "single" says nothing of a marriage before."""
    return not _EVER.search(status) and "since" not in status


def _weds_before(status: str) -> bool:
    return bool(_EVER.search(status)) and not _NEVER.search(status)


def _over(status: str, episode: Episode) -> bool:
    """Whether a marriage is over, or begun, in an earlier year than the episode's."""
    years = [int(one) for one in re.findall(r"\b(?:19|20)\d\d\b", status)]
    return bool(years and episode.when and int(episode.when[:4]) > min(years))


def _owned(life: Life, mentions: Coreference, episode: Episode, span: Span) -> Iterator[Finding]:
    text = life.persona.story
    who, whose = mentions.subject(), mentions.possessive()
    patterns = (
        rf"\b({who}) (?:had|has) (?:only |just )?(?P<list>{_LIST})",
        rf"\b({whose}|[Tt]heir) (?!{_CLAIMED})(?P<list>{_LIST})",
        rf"\b({who}) gave birth to (?P<list>{_LIST})",
    )
    alone = rf"\b({whose}) {QUALITY}(?P<role>brother|sister)(?![-\w]|['’]s)"
    for match in re.compile(alone).finditer(text, span.start, span.end):
        if _is_main(mentions, text, match) and not in_speech(text, match.start()):
            field = _too_many(life, f"one {match['role']}")
            if field is not None:
                yield _against(life, episode, span, "kin-unknown", field)
                return
    for pattern in patterns:
        for match in re.compile(pattern).finditer(text, span.start, span.end):
            if _is_main(mentions, text, match) and not in_speech(text, match.start()):
                field = _too_many(life, match["list"])
                if field is not None:
                    yield _against(life, episode, span, "kin-count", field)
                    return


def _rank(life: Life, mentions: Coreference, episode: Episode, span: Span) -> Iterator[Finding]:
    listed = siblings_of(life.persona.profile)
    if listed is None:
        return
    many = "|".join(one for one in NUMBERS if one.isalpha())
    pattern = re.compile(
        rf"\b({mentions.subject()}) (?:was|had been) (?:the|one|the \w+) (?:youngest|eldest|oldest"
        rf"|first|second|third|middle|last)? ?of ({many}|\d+)(?= children"
        rf"| brothers| sisters| siblings"
        r"|[.,;]| and )"
    )
    total = sum(one.count for one in listed)
    for match in pattern.finditer(life.persona.story, span.start, span.end):
        told = int(NUMBERS.get(match[2], match[2]))
        if told - 1 > total and _is_main(mentions, life.persona.story, match):
            field = field_of(life, ("sibling", "brother", "sister"))
            yield _against(life, episode, span, "kin-count", field)


def _too_many(life: Life, listing: str) -> str | None:
    """The field of the profile that has fewer of a kind than a list ("two sons and a daughter")."""
    siblings, children = siblings_of(life.persona.profile), children_of(life.persona.profile)
    for match in _PART.finditer(listing):
        role = re.sub(r"(?:ren|s)$", "", match["role"].casefold())
        role = {"child": "child", "children": "child"}.get(role, role)
        number = match["many"].casefold()
        many = int(NUMBERS.get(number, number if number.isdigit() else "1"))
        of_children = role in CHILDREN
        listed = children if of_children else siblings
        if listed is None or role not in SIBLINGS | CHILDREN or number in ("no", "any"):
            continue
        if many > _listed(listed, role):
            return field_of(life, ("child", "children") if of_children else ("sibling", role))
    return None


def _listed(listed: Sequence[Kin], role: str) -> int:
    """How many of a role a list can have; those of no told sex count for both."""
    general = ("sibling", "child", "children")
    if role in general:
        return sum(one.count for one in listed)
    return sum(one.count for one in listed if one.role.endswith(role) or one.role in general)


def _told_before(life: Life, listed: Sequence[Kin], place: int) -> bool:
    """Whether the story has named one of the listed, or a child or sibling, before a place."""
    names = [_NAMED.findall(name) for one in listed for name in one.names]
    firsts = [some[0] for some in names if some]
    return any(
        re.search(rf"(?<![^\W_]){re.escape(name)}(?![^\W_])", life.persona.story[:place])
        for name in firsts
    )


def _matches(life: Life, mentions: Coreference, pattern: str) -> Iterator[tuple[Episode, Span]]:
    text = life.persona.story
    compiled = re.compile(pattern)
    for episode, one in told_sentences(life.persona):
        for match in compiled.finditer(text, one.span.start, one.span.end):
            unsure = _UNSURE.search(text, one.span.start, match.end())
            if unsure or in_speech(text, match.start()) or not _is_main(mentions, text, match):
                continue
            yield episode, one.span


def _is_main(mentions: Coreference, text: str, match: re.Match[str]) -> bool:
    word = match[1]
    if word.casefold() == "their":
        children = children_of(mentions.persona.profile) or ()
        names = frozenset(folded(name.split()[0]) for one in children for name in one.names)
        pronouns = mentions.pronouns[:1]
        return (bool(names) and mentions.last_is(text, match.start(1), names)) or any(
            mentions.is_main(text, match.start(1), one) for one in pronouns
        )
    return mentions.is_main(text, match.start(1), word)


def _against(life: Life, episode: Episode, span: Span, kind: str, field: str) -> Finding:
    known = life.persona.profile.attributes.get(field.removeprefix("attributes."), "")
    message = f"{life.persona.text_of(span)} But the profile says: {known}"
    return told_wrong(kind, message, episode, span, field=field)
