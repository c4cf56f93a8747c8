"""Dislikes and lasting "nevers" of the person, and plain doing or liking of the same thing."""

import re
from collections.abc import Iterator

from personas.checks.claims import Life
from personas.checks.coreference import Coreference
from personas.checks.finding import Finding
from personas.checks.passages import in_speech, told_sentences, told_wrong
from personas.checks.wording import stems
from simulacra.domain.memory import Span

_LIKES = r"(?:(?:had )?(?:always )?(?:loved|adored|enjoyed|liked)|was fond of|delighted in|took to)"
_EATS = r"(?:ate|had eaten|drank|swallowed|devoured|relished|tasted|ordered)"
_UNSURE = re.compile(
    r"\b(?:not|no|never|nor|without|if|would|might|could|stopped|hated|until|pretended|once|used to"
    r"|nobody|except|but)\b",
    re.IGNORECASE,
)
_NEVER = r"(?:had )?never (?:once |again )?(?P<verb>ate|eaten|drank|drunk|smoked|touched)"
_OBJECT = r" ?(?P<thing>[a-z]+(?: (?!again|since|any)[a-z]+)?)?(?P<again> again| since| any ?more)?"
_SMOKES = r"(?:lit (?:a|his|her|another) (?:cigarette|cigar|pipe)|smoked(?: a| his| her| one)?)"
_ALCOHOL = r"(?:beer|wine|whisky|whiskey|vodka|gin|rum|brandy|champagne|ale|cider|soju|sherry)"
_MEAT = r"(?:chicken|beef|pork|lamb|mutton|steak|bacon|ham|sausages?|veal|turkey|goat)"
_VOWS = (
    (re.compile(r"\b(?:non-smoker|never smoked|does not smoke|has never smoked)\b", re.I), _SMOKES),
    (re.compile(r"\b(?:teetotal\w*|never drinks|does not drink|no alcohol|never drank)\b", re.I),
     rf"(?:drank|sipped|ordered|had) [^.;,]*?\b{_ALCOHOL}"),
    (re.compile(r"\b(?:vegetarian|vegan|eats no meat|never eats meat)\b", re.I),
     rf"(?:ate|ordered|had|enjoyed) [^.;,]*?\b{_MEAT}"),
)  # fmt: skip


def disliked(life: Life) -> Iterator[Finding]:
    """The person loves, or eats, what the profile says is disliked."""
    mentions = life.coreference
    for field, thing in _dislikes(life):
        patterns = [
            rf"\b({mentions.subject()}) {_LIKES} (?:the |his |her |some |a )?{thing}\b",
            rf"\b({mentions.subject()}) {_EATS} (?:[^\W\d_]+ ){{0,4}}{thing}\b",
            rf"\b({mentions.possessive()}) favou?rite \w+ (?:was"
            rf"|had always been) (?:the )?{thing}\b",
        ]
        for pattern in patterns:
            yield from _done(life, mentions, pattern, 0, "taste-broken", field, None)


def vows(life: Life) -> Iterator[Finding]:
    """Smoking, drink and meat where profile or biography say: never."""
    known, mentions = life.persona.profile, life.coreference
    texts = [(f"attributes.{key}", value) for key, value in known.attributes.items()]
    for field, text in texts:
        for vow, deed in _VOWS:
            if vow.search(text) and not re.search(r"\bsince\b|\bgave up\b|\buntil\b", text):
                pattern = rf"\b({mentions.subject()}) {deed}\b"
                yield from _done(life, mentions, pattern, 0, "habit-broken", field, None)


def nevers(life: Life) -> Iterator[Finding]:
    """What the person "never ate again", eaten in a later passage."""
    mentions, story = life.coreference, life.persona.story
    pattern = re.compile(rf"\b({mentions.subject()}) {_NEVER}{_OBJECT}(?=[,.;])")
    for _, one in told_sentences(life.persona):
        for match in pattern.finditer(story, one.span.start, one.span.end):
            if in_speech(story, match.start()) or not mentions.is_main(
                story, match.start(), match[1]
            ):
                continue
            deed = _deed(match["verb"], match["thing"])
            if deed:
                whole = rf"\b({mentions.subject()}) {deed}\b"
                yield from _done(life, mentions, whole, one.span.end, "habit-broken", "", one.span)


def _deed(verb: str, thing: str | None) -> str | None:
    if verb == "smoked" and not thing:
        return _SMOKES
    if not thing:
        return None
    return rf"(?:{_EATS}|{_LIKES}) (?:[^\W\d_]+ ){{0,4}}{re.escape(thing)}"


def _dislikes(life: Life) -> Iterator[tuple[str, str]]:
    for key, value in life.persona.profile.attributes.items():
        if key.casefold() not in ("dislike", "dislikes"):
            continue
        for part in re.split(r",|;|\band\b", value):
            plain = part.strip().casefold()
            if plain and len(plain.split()) <= 3 and stems(plain) and not plain.startswith("the "):
                yield f"attributes.{key}", re.escape(plain)


def _done(
    life: Life, mentions: Coreference, pattern: str, start: int, kind: str, field: str,
    other: Span | None,
) -> Iterator[Finding]:  # fmt: skip
    story, compiled = life.persona.story, re.compile(pattern)
    for episode, one in told_sentences(life.persona):
        if one.span.start < start:
            continue
        for match in compiled.finditer(story, one.span.start, one.span.end):
            if _UNSURE.search(story, one.span.start, match.end()) or in_speech(
                story, match.start()
            ):
                continue
            if mentions.is_main(story, match.start(1), match[1]):
                message = f"{one.text} But it was never done or liked"
                yield told_wrong(kind, message, episode, one.span, other=other, field=field)
