"""Trades, schooling and parents' work in plain words, against the profile."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import yaml

from personas.checks.claims import Life
from personas.checks.coreference import Coreference
from personas.checks.finding import Finding
from personas.checks.kinship import NAME
from personas.checks.names import folded
from personas.checks.passages import in_speech, sentences, told_sentences, told_wrong
from simulacra.domain.memory import Span
from simulacra.domain.persona import Episode, Persona

_TRADE = r"(?P<trade>[a-z]+(?:[ -][a-z]+){0,3})"
_LEVELS = {
    "bachelor": 6, "first degree": 6, "master": 7,
    "doctora": 8, "doctor of": 8, "phd": 8, "ph.d": 8,
}  # fmt: skip
"""ISCED 2011 levels of degrees by the words that name them."""
_DEGREE = (
    r"(?P<degree>(?:university |college |first )?(?:bachelor['’]s|master['’]s)(?: degree)?"
    r"|master of \w+|bachelor of \w+|doctorate|doctoral degree|PhD|Ph\.D\.|doctor of philosophy)"
)
_UNSURE = re.compile(
    r"\b(?:not|no|never|without|if|would|might|could|honorary|as if|almost|nearly|wanted|hoped"
    r"|half|instead)\b",
    re.IGNORECASE,
)
_LEFT = re.compile(
    r"\b(?:left|less than|without|dropped out|unfinished|did not finish|never finished)\b[^;]*",
    re.I,
)


def parents_work(life: Life) -> Iterator[Finding]:
    """A mother or father with another trade than the profile and the biography give them."""
    mentions, persona = life.coreference, life.persona
    whose = mentions.possessive()
    patterns = (
        rf"\b({whose}) (?:late |own )?(mother|father),(?: {NAME},)? an? {_TRADE}(?=[,.;])",
        rf"\b({whose}) (?:late |own )?(mother|father) (?:was|had been|worked as|had worked as"
        rf"|was still) an? {_TRADE}",
        rf"\b({whose}) (mother|father) {NAME},? an? {_TRADE}(?=[,.;])",
    )
    for episode, match, span in _told(life, mentions, patterns):
        known = _of_parent(persona, match[2])
        told = _groups(match["trade"])
        if told and known and not told & known:
            message = f"{persona.text_of(span)} But the profile knows the {match[2]}'s trade"
            field = f"attributes.{match[2]}" if match[2] in persona.profile.attributes else "family"
            yield told_wrong("parent-trade", message, episode, span, field=field)


def life_work(life: Life) -> Iterator[Finding]:
    """A trade of a whole life that is another than the profile's."""
    mentions = life.coreference
    who = mentions.subject()
    patterns = (
        rf"\b({who}) (?:had )?worked all (?:his|her|their) life as an? {_TRADE}",
        rf"\b({who}) (?:had been|was) an? {_TRADE} all (?:his|her|their) life\b",
        rf"\b({who}) (?:was|had been) an? {_TRADE} by (?:trade|profession)\b",
        rf"\b({who}), an? {_TRADE} by (?:trade|profession)\b",
    )
    known = _groups(life.persona.profile.occupation)
    for episode, match, span in _told(life, mentions, patterns):
        told = _groups(match["trade"])
        if told and known and not told & known:
            message = f"{life.persona.text_of(span)} But: {life.persona.profile.occupation}"
            yield told_wrong("trade", message, episode, span, field="occupation")


def schooling(life: Life) -> Iterator[Finding]:
    """Degrees above the profile's level of education, and graduations where it says "left"."""
    mentions, known = life.coreference, life.persona.profile
    who, whose = mentions.subject(), mentions.possessive()
    patterns = (
        rf"\b({who}) (?:had|held|has|took|got|received|earned|had earned"
        rf"|finished|completed|defended)"
        rf" (?:a|the|his|her) {_DEGREE}",
        rf"\b({whose}) {_DEGREE}",
        rf"\b({who}) (?:had )?graduated from (?P<school>{NAME})",
        rf"\b({who}) (?:had )?graduated from (?P<school>university|college)\b",
    )
    for episode, match, span in _told(life, mentions, patterns):
        groups = match.groupdict()
        if not known.education:
            return
        if groups.get("degree"):
            level = _level(groups["degree"])
            wrong = known.isced is not None and level > known.isced
        else:
            wrong = _was_left(groups["school"], known.education)
        if wrong:
            message = f"{life.persona.text_of(span)} But: {known.education}"
            yield told_wrong("degree", message, episode, span, field="education")


def _told(
    life: Life, mentions: Coreference, patterns: tuple[str, ...]
) -> Iterator[tuple[Episode, re.Match[str], Span]]:
    text = life.persona.story
    compiled = [re.compile(one) for one in patterns]
    for episode, one in told_sentences(life.persona):
        for pattern in compiled:
            for match in pattern.finditer(text, one.span.start, one.span.end):
                sure = not _UNSURE.search(text, one.span.start, match.end())
                if (
                    sure
                    and not in_speech(text, match.start())
                    and mentions.is_main(text, match.start(1), match[1])
                ):
                    yield episode, match, one.span


def _level(degree: str) -> int:
    plain = degree.casefold()
    return max((level for word, level in _LEVELS.items() if word in plain), default=0)


def _was_left(school: str, education: str) -> bool:
    """Whether the education says that this school was left ("less than a year at the college")."""
    left = " ".join(one[0] for one in _LEFT.finditer(education))
    words = [one for one in folded(school).split() if len(one) > 3]
    return any(one in folded(left) for one in words)


def _of_parent(persona: Persona, role: str) -> frozenset[int]:
    """The trades of a parent in the profile, and in what the biography says of that parent."""
    known = persona.profile
    texts = [known.attributes.get(role, "")]
    if re.search(rf"\b{role}\b", known.family):
        texts.append(known.family)
    texts += [
        one.text for one in sentences(persona.biography) if re.search(rf"\b{role}\b", one.text)
    ]
    return _groups(" ".join(texts))


def _groups(text: str) -> frozenset[int]:
    """The lines of ``trades.yaml`` that a text has words of."""
    return frozenset(
        _trades()[one] for one in re.findall(r"[a-z]+", folded(text)) if one in _trades()
    )


@cache
def _trades() -> dict[str, int]:
    rows = yaml.safe_load((Path(__file__).parent / "trades.yaml").read_text(encoding="utf-8"))
    return {str(word): number for number, row in enumerate(rows) for word in row}
