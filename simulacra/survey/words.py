"""Plain words: one spelling of a text, its sentences, and the ways people decline to answer."""

import re
import unicodedata
from collections.abc import Iterator

from simulacra.domain.answer import MissingCode
from simulacra.survey.elsewhere import DECLINED

_SAME = str.maketrans(
    {**dict.fromkeys("‘’ʼ´`", "'"), **dict.fromkeys("“”„«»", '"'), **dict.fromkeys("‐‑‒–—−", "-")}
)
_EDGE = " \t\r\n\"'.,;:!()[]{}*_…"


def plain(text: str) -> str:
    """One spelling: compatibility forms, lower case, straight quotes, no emphasis, single spaces.

    Line breaks stay.
    """
    text = unicodedata.normalize("NFKC", text).casefold()
    text = unicodedata.normalize("NFKC", text).translate(_SAME).replace("**", "").replace("__", "")
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def bare(text: str) -> str:
    """``plain`` on one line, without punctuation and pictures at the edges.

    A question mark stays: "Agree?" is no answer. A text of nothing else stays as it is.
    """
    line = " ".join(plain(text).split())
    start, end = 0, len(line)
    while start < end and _at_edge(line[start]):
        if line[start] in ".," and line[start + 1 : start + 2].isdigit():
            break
        start += 1
    while end > start and _at_edge(line[end - 1]):
        end -= 1
    return line[start:end] or line


def _at_edge(character: str) -> bool:
    return character in _EDGE or unicodedata.category(character) in ("So", "Sk", "Cf", "Mn")


def sentences(line: str) -> list[str]:
    """The sentences of a line, with their closing marks; "2. Dog" is one."""
    return [part for part in re.split(r"(?<=[.!?;…])(?<!^\w\.)\s+", line) if part]


_FILLER = re.compile(
    r"(?:well|hm+|u[mh]+|oh|ok|okay|so|honestly|frankly|personally|overall|generally|alright|right"
    r"|definitely|certainly|absolutely|probably|to be (?:honest|fair)|in (?:all )?honesty"
    r"|(?:as )?for me|in my (?:case|opinion|view)|i mean)\b[,:]?\s+"
)
_LEAD = re.compile(
    r"(?:i|we)(?:'d|'ll|'m going to|'ve| would| will| am going to)?"
    r"(?: (?:have to|need to|want to|probably|definitely|certainly|just|simply|honestly|really))*"
    r" (?:say|choose|chose|chosen|pick|picked|select|selected|go with|go for|answer|opt for|tick"
    r"|think|guess|suppose|feel|believe|(?:rate|give) (?:it|this|that|myself)"
    r"|describe (?:it|myself))"
    r"(?: that| as)?[:,]?\s+"
    r"|(?:my|the) (?:final |honest |own )?(?:answer|choice|response|rating|pick|selection)s?"
    r"(?: to (?:this|that)(?: question)?)?(?: is| are| would be)?(?:\s*[:=]\s*|\s+)"
    r"|(?:final )?(?:answer|response|choice|option|rating|selection)s?(?:\s*[:=]\s*|\s+)"
    r"|(?:letter|number|code)\s+"
    r"|(?:it|that|this)(?:'s| is| would be)\s+"
    r"|i(?:'m| am)?\s+"
    r"|(?:unlike|whereas|contrary to|while|as (?:someone|somebody|a person))\b"
    r"(?:(?!\bi\b|,).)*,\s*(?=i\b)"
)
_TRAIL = re.compile(
    r",?\s+(?:with (?:that|this|it)(?: statement| sentence| one)?|(?:for|of|about) me"
    r"|as a description of me|(?:fits|suits|describes) me(?: best| well)?"
    r"|i(?:'d| would)? (?:think|guess|suppose|believe|say)|to be honest|honestly|overall"
    r"|in my case|please|definitely|for sure|of course)$"
)


# People wrap an answer in a few neutral phrases, and a bound keeps endless replies cheap.
_LAYERS = 8


def unwrapped(text: str) -> Iterator[str]:
    """The bare text, then the same with neutral words around it taken off one by one.

    Neutral words are "I would say", "my answer is", "with that" and the like; never a negation.
    """
    text = bare(text)
    yield text
    for _ in range(_LAYERS):
        shorter = text
        for pattern in (_FILLER, _LEAD):
            if found := pattern.match(shorter):
                shorter = shorter[found.end() :]
                break
        else:
            shorter = _TRAIL.sub("", shorter)
        shorter = bare(shorter) if shorter else ""
        if not shorter or shorter == text:
            return
        text = shorter
        yield text


NEGATION = re.compile(
    r"\b(?:no|not|never|none|nobody|nothing|neither|nor|hardly|without|cannot)\b|n't\b"
)
REVERSAL = re.compile(
    r"\b(?:actually|wait|but|however|instead|rather|otherwise|although|though|except|unless|or"
    r"|on second thoughts?|scratch that|correction|i mean)\b"
)

_POLITE = (
    r"(?:sorry|i(?:'m| am) sorry|i(?:'m| am) afraid|well|honestly|frankly|hm+|u[mh]+|oh|no|nah"
)
_POLITE += r"|thanks|thank you|to be honest|really)"
_LEADS = rf"(?:{_POLITE}\b[,.:;]?\s*(?:but\s+|that\s+)?)*"
_NOT = r"(?:don't|do not|dont|didn't|did not|can't|cannot|can not|couldn't|could not|wouldn't)"
_SOFT = r"(?:really |honestly |just |actually |quite |simply |truly )*"

_DONT_KNOW = (
    rf"(?:i |we )?{_SOFT}{_NOT} {_SOFT}(?:know|tell|remember|recall|be (?:sure|certain))"
    rf"|(?:i |we )?{_SOFT}(?:can't|cannot|couldn't|could not) {_SOFT}(?:say|tell you)"
    r"|(?:i(?:'m| am) )?not (?:really |entirely |too |at all |quite |so |completely )*"
    r"(?:sure|certain)"
    r"|(?:i(?:'ve| have)?(?: got)? )?(?:absolutely |really |honestly )*no (?:idea|clue|opinion)"
    rf"|i {_SOFT}(?:don't have|do not have|haven't(?: got)?|have not) {_SOFT}"
    r"(?:any|a|an|the faintest|the slightest|the foggiest)(?: (?:idea|clue|opinion|view))?"
    r"|i dunno|dunno|idk|d\.?k|unsure|undecided|uncertain|i forget|i forgot|i've forgotten"
    r"|i have forgotten|who knows|beats me|no opinion|don't know|it's unknown|unknown"
    r"|(?:it's |it is |that's |that is )?(?:hard|difficult|impossible) to (?:say|tell|know)"
    r"|your guess is as good as mine"
)
_DONT_KNOW_TAIL = (
    r"(?:,? (?:(?:about |of )?(?:that|this|it)|the (?:exact )?(?:answer|number|figure|date)"
    r"|what to (?:say|answer|think)|how to (?:answer|say)(?: (?:that|this|it))?(?: question)?"
    r"|(?:for )?(?:sure|certain)|exactly|really|to be honest|honestly|at all|i'm afraid|sorry"
    r"|(?:much|anything|enough) about (?:that|it|this)|yet|any ?more|either|right now|which"
    r"|to be sure|one way or the other|i'm not sure|i have no idea))*"
)
_TELL = (
    r"(?:answer(?:ing)?|say(?:ing)?|tell(?:ing)?(?: you)?|disclos(?:e|ing)|shar(?:e|ing)"
    r"|discuss(?:ing)?"
    r"|talk(?:ing)? about|respond(?:ing)?|reply(?:ing)?|comment(?:ing)?|reveal(?:ing)?|get into"
    r"|go into|give(?: out)?|giving(?: out)?)"
)
_REFUSED = (
    rf"(?:i(?:'d| would)? |we(?:'d| would)? )?{_SOFT}(?:much )?(?:rather|prefer) not"
    rf"(?: to)?(?: {_TELL})?"
    r"|i (?:don't|do not|won't|will not|wouldn't|would not|am not going to|can't|cannot)"
    rf"(?: (?:want|wish|like|care|feel like|feel comfortable|be)(?: to)?)* (?:{_TELL})"
    rf"|i(?:'m| am) not going to {_TELL}"
    rf"|(?:i |i must |i have to |i'll |i will )?(?:refuse|decline)(?: to {_TELL})?|refused|refusal"
    rf"|i(?:'m| am) not (?:comfortable|willing|prepared|ready|happy|inclined)(?: to)?(?: {_TELL})?"
    r"|no comment|(?:that's |that is |it's |it is )?none of your (?:business|concern)"
    r"|(?:that's |that is |it's |it is |this is )?(?:too |a )?(?:private|personal)(?: matter)?"
    r"|i(?:'d| would)? (?:like|prefer|rather|want)(?: to)? keep (?:that|this|it)"
    r" (?:to myself|private)"
    r"|mind your own business|i(?:'ll| will) keep (?:that|this|it) (?:to myself|private)"
)
_REFUSED_TAIL = (
    r"(?:,? (?:that|this|it|(?:to )?(?:the|that|this|such|such a|your) questions?|my(?: \w+){1,2}"
    r"|(?:on|about) (?:that|it|this)|with you|to (?:you|strangers|anyone)|here|now|thanks|thank you"
    r"|please|if you don't mind|if that's ok(?:ay)?|to be honest|i'm afraid|sorry|that's private"
    r"|it's private|that's personal|it's personal|out loud))*"
)
_SKIP = (
    r"(?:i(?:'d| would)? (?:like|want|prefer|rather)(?: to)? |i(?:'ll| will)? |let's |let me "
    r"|please )?"
    r"(?:skip|pass)(?: (?:on )?(?:this|that|it)(?: one| question)?)?"
    r"|skipped|next(?: question)?(?:,? please)?|no answer|not applicable|n/?a|blank|-"
)
_DECLINES = tuple(
    (re.compile(rf"{_LEADS}(?:{core}){tail}"), code)
    for core, tail, code in (
        (_REFUSED, _REFUSED_TAIL, MissingCode.REFUSED),
        (_DONT_KNOW, _DONT_KNOW_TAIL, MissingCode.DONT_KNOW),
        (_SKIP, "", MissingCode.SKIPPED),
    )
)
_COURTESY = re.compile(rf"(?:{_POLITE}[,.]?\s*)+")
_MODEL_VOICE = re.compile(
    r"\b(?:as|i'm|i am|i'm (?:just|only)|i am (?:just|only)) an? "
    r"(?:ai|artificial intelligence|(?:large )?language model)"
    r"(?: (?:language )?(?:model|assistant|chatbot|system))?(?=\s*(?:[,.;!]|i\b|and\b|so\b|$))",
)


def declined(text: str) -> MissingCode | None:
    """Whether a clause or sentence as a whole declines: refused, don't know, or skipped."""
    text = bare(text)
    if len(text) > 200:
        return None
    for pattern, code in _DECLINES:
        if pattern.fullmatch(text):
            return code
    return DECLINED.get(text.strip("。，、！؟ "))


def wholly_declined(text: str) -> MissingCode | None:
    """Why a whole text declines, if every sentence of it declines or is mere courtesy."""
    if len(text) > 1000:
        return None
    parts = [part for line in plain(text).splitlines() for part in sentences(line)]
    codes = [code for part in parts if (code := declined(part)) is not None]
    courteous = all(declined(part) or _COURTESY.fullmatch(bare(part)) for part in parts)
    return codes[0] if codes and courteous else None


def speaks_as_model(text: str) -> bool:
    """Whether the reply speaks as a language model instead of as the person."""
    return _MODEL_VOICE.search(plain(text)) is not None
