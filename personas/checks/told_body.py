"""Sides of the body and the handedness of the person, told once left and once right."""

import re
from collections.abc import Iterator

from personas.checks.claims import Life
from personas.checks.finding import Finding
from personas.checks.passages import in_speech, sentences, told_sentences, told_wrong
from personas.checks.wording import stems

_PART = (
    r"(?:upper |lower |ring |little |middle |index |big )*(?P<part>arm|forearm|leg|hand|foot|eye"
    r"|ear|knee|hip|shoulder|wrist|ankle|thumb|finger|elbow|cheek|lung|temple|heel|toe)s?"
)
_STATE = (
    r"bad|blind|deaf|glass|false|wooden|artificial|injured|burned|burnt|scarred|broken|stiff|lame"
    r"|missing|lost|amputated|bandaged|paralysed|paralyzed|withered|maimed|weak|wounded"
)
_SIDED = re.compile(
    rf"\b(?:(?P<state>{_STATE}),? )?(?P<side>left|right) {_PART}\b(?! (?:side|corner))"
)
_SCAR = re.compile(
    r"\b(?P<state>scar|tattoo|birthmark|stump|prosthesis)\b[^.;]{0,30}? (?:on|of|inside of) "
    rf"(?:the |his |her |their )?(?P<side>left|right) {_PART}\b"
)
_LASTING = re.compile(rf"\b(?:{_STATE}|scar|tattoo|birthmark|stump)\b")
_HANDED = re.compile(r"\b(left|right)-?(?: )?hand(?:ed|er)\b", re.IGNORECASE)


def sides(life: Life) -> Iterator[Finding]:
    """A bad knee, a scar, a blind eye on the other side than the profile has it."""
    known = _known(life)
    mentions = life.coreference
    whose = re.compile(rf"\b({mentions.possessive()}) (?:own |old )?")
    story = life.persona.story
    for episode, one in told_sentences(life.persona):
        for match in (
            *_SIDED.finditer(story, one.span.start, one.span.end),
            *_SCAR.finditer(story, one.span.start, one.span.end),
        ):
            owner = _owner(whose, story, one.span.start, match)
            if not match["state"] or owner is None:
                continue
            if in_speech(story, match.start()) or not mentions.is_main(story, *owner):
                continue
            for field, side, part, state in known:
                same = part == match["part"] and _alike(state, match["state"])
                if same and side != match["side"]:
                    message = f"{one.text} But the {match['state']} {part} is the {side} one"
                    yield told_wrong("other-side", message, episode, one.span, field=field)
                    break


def handedness(life: Life) -> Iterator[Finding]:
    """The person told as right-handed whose profile says left, and the other way round."""
    field, hand = _hand(life)
    mentions = life.coreference
    pattern = re.compile(
        rf"\b({mentions.subject()})(?:, who)? (?:was|had (?:always )?been) (left|right)-handed\b"
    )
    for episode, one in told_sentences(life.persona) if hand else ():
        for match in pattern.finditer(life.persona.story, one.span.start, one.span.end):
            if match[2] != hand and mentions.is_main(life.persona.story, match.start(), match[1]):
                message = f"{one.text} But the profile says: {hand}"
                yield told_wrong("other-side", message, episode, one.span, field=field)


def _hand(life: Life) -> tuple[str, str]:
    known = life.persona.profile.attributes
    for key, value in known.items():
        if "handed" in key.casefold() and value.strip().casefold() in ("left", "right"):
            return f"attributes.{key}", value.strip().casefold()
        found = _HANDED.search(value)
        if found:
            return f"attributes.{key}", found[1].casefold()
    found = _HANDED.search(life.persona.biography)
    return ("biography", found[1].casefold()) if found else ("", "")


def _known(life: Life) -> list[tuple[str, str, str, str]]:
    """Field, side, part and state of every sided part in profile and biography."""
    known = life.persona.profile.attributes
    texts = [(f"attributes.{key}", value) for key, value in known.items()]
    texts += [("biography", one.text) for one in sentences(life.persona.biography)]
    found = []
    for field, text in texts:
        for pattern in (_SIDED, _SCAR):
            for match in pattern.finditer(text):
                clause = re.split(r"[;.]", text[: match.start()])[-1] + match[0]
                clause += re.split(r"[;.]", text[match.end() :])[0]
                if field == "biography" and not match["state"]:
                    continue
                state = match["state"] or clause
                found.append((field, match["side"], match["part"], state))
    both = {(part, state) for _, _, part, state in found}
    return (
        [one for one in found if len({s for _, s, p, t in found if (p, t) == one[2:]}) == 1]
        if (both)
        else []
    )


def _alike(known: str, told: str) -> bool:
    """Whether two conditions can be the one: a shared word, or an injury against any account."""
    hurt = ("injured", "wounded", "burned", "burnt", "maimed", "scarred")
    return bool(stems(known) & stems(told)) or (told in hurt and _LASTING.search(known) is None)


def _owner(
    whose: re.Pattern[str], text: str, start: int, match: re.Match[str]
) -> tuple[int, str] | None:
    """The owner right before the part, or before its side within "the scar on his left arm"."""
    for found in whose.finditer(text, start, match.end()):
        if found.end() == match.start() or match.start() <= found.start() < match.start("side"):
            return found.start(), found[1]
    return None
