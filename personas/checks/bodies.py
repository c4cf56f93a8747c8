"""Lasting features of bodies, as the facts give them: hands, eyes, height, what is maimed where."""

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

from personas.checks.calendar import ages
from personas.checks.claims import Claim, Life, conflict
from personas.checks.finding import Finding
from personas.checks.names import folded, is_person
from personas.checks.passages import in_speech
from simulacra.domain.base import Frozen

_HANDED = re.compile(
    r"\b(left|right)[- ]?hand(?:ed|er)\b|\bwrites with (?:the |his |her )?(left|right)"
)
_EYES = re.compile(
    r"\b(black|brown|dark|hazel|green|blue|grey|gray|amber)(?:[- ](?:green|blue|brown|grey))?"
    r"[- ]eye[sd]\b|\beyes\b.{0,24}?\b(black|brown|dark|hazel|green|blue|grey|gray|amber)\b"
)
_SHADES = {"gray": "grey", "dark": "brown", "black": "brown"}
_HEIGHT = re.compile(r"\b(?:(\d)[.,](\d\d) ?m|(1\d\d|2\d\d) ?cm|(\d) m(?:etres?)? (\d\d))\b")
_GROWN, _ROUNDED = 18, 3  # years, centimetres
_PARTS = {
    "thumb": "hand", "finger": "hand", "hand": "hand", "wrist": "hand", "arm": "arm",
    "forearm": "arm", "elbow": "arm", "shoulder": "shoulder", "leg": "leg", "knee": "leg",
    "thigh": "leg", "shin": "leg", "calf": "leg", "foot": "foot", "toe": "foot", "ankle": "foot",
    "heel": "foot", "hip": "hip", "eye": "eye", "ear": "ear", "cheek": "face", "eyebrow": "face",
    "temple": "face", "lung": "lung", "kidney": "kidney",
}  # fmt: skip
_PART = re.compile(rf"\b(?:{'|'.join(_PARTS)})s?\b")
_FINGER = re.compile(r"\b(thumb|index|middle|ring|little)\b")
_SIDE = re.compile(r"\b(left|right)\b")
_STATES = {
    "lost": r"stump|missing|lost|gone|cut off|amputat\w*|maimed|severed|top taken|tip of|joint",
    "blind": r"blind|glass|sightless", "deaf": r"deaf|hearing",
    "lame": r"lame|limp\w*|stiff|bad|withered|wooden|false|artificial",
    "scar": r"scar\w*|burn(?:s|ed|t)?", "mark": r"tattoo\w*|birthmark|mole",
}  # fmt: skip
_STATE = re.compile("|".join(rf"\b(?P<{name}>{words})\b" for name, words in _STATES.items()))
_BLOOD = re.compile(r"\b(?:blood (?:group|type)|group) (AB|A|B|O)\b|\bgenotype:? ([A-Z]{2})\b")


class Feature(Frozen):
    """A lasting feature: of what kind, and its value; ``claim`` says so."""

    kind: str
    value: str
    claim: Claim


def bodies(life: Life) -> Iterator[Finding]:
    """One person with two values of a feature that does not change."""
    features: dict[tuple[str, str], list[Feature]] = defaultdict(list)
    for claim in sorted(life.claims, key=lambda one: one.order):
        for whose, feature in _features(life, claim):
            features[whose, feature.kind].append(feature)
    for (_, kind), some in features.items():
        for one, other in combinations(some, 2):
            if one.claim is not other.claim and _apart(kind, one.value, other.value):
                message = f"{other.claim.words}, and {one.claim.words}"
                yield conflict("other-body", message, other.claim, one.claim)
                break


def _features(life: Life, claim: Claim) -> Iterator[tuple[str, Feature]]:
    if claim.relation not in ("body", "is", "has") or claim.source == "text":
        return
    if claim.span and in_speech(life.persona.story, claim.span.start + 1):
        return
    owner, thing = _owned(claim.subject)
    bodily = is_person(claim.subject) or _PART.search(thing) or _STATE.search(thing)
    if claim.relation != "body" and not bodily:
        return
    told = folded(f"{thing} {claim.object}")
    for kind, value in (*_told(claim, told), *_maimed(told)):
        if kind == "height" and not _grown(life, owner, claim):
            continue
        yield life.names.who(owner), Feature(kind=kind, value=value, claim=claim)


def _grown(life: Life, owner: str, claim: Claim) -> bool:
    """Whether the person whose life it is, whose birth is known, is told of as an adult."""
    if life.names.who(owner) != life.main or not life.born or not claim.told:
        return False
    return ages(life.born, claim.told)[0] >= _GROWN


def _owned(subject: str) -> tuple[str, str]:
    """Whose it is, and what: "Ana Ruiz's deaf ear", "the deaf ear of Ana Ruiz"."""
    if match := re.match(r"(.+?)['’]s (.+)$", subject):
        return match[1], match[2]
    if match := re.match(r"(?:the )?([a-z].*?) of ([A-Z].*)$", subject):
        return match[2], match[1]
    return subject, ""


def _told(claim: Claim, told: str) -> Iterator[tuple[str, str]]:
    if hand := _HANDED.search(told):
        yield "hand", hand[1] or hand[2]
    if eyes := _EYES.search(told):
        shade = eyes[1] or eyes[2]
        yield "eyes", _SHADES.get(shade, shade)
    blood = _BLOOD.search(f"{claim.subject} {claim.object}")
    if blood:
        yield ("blood", blood[1]) if blood[1] else ("genotype", blood[2])
    height = _HEIGHT.search(told)
    if height and re.search(r"\btall\b|\bheight\b", told):
        metres, rest = height[1] or height[4], height[2] or height[5]
        yield "height", height[3] or str(int(metres) * 100 + int(rest))


def _maimed(told: str) -> Iterator[tuple[str, str]]:
    """Where one lasting harm is: its side, and the finger where it is one."""
    state, part = _STATE.search(told), _PART.search(told)
    sides = set(_SIDE.findall(told))
    if not state or not part or len(sides) > 1:
        return
    which = next(name for name in _STATES if state[name])
    region = _PARTS[part[0].removesuffix("s")]
    if which in ("scar", "mark"):  # somebody may have several, in several places
        yield f"{which} {part[0].removesuffix('s')}", f"{next(iter(sides), '')} "
        return
    finger = _FINGER.search(told) if region == "hand" else None
    place = f"{next(iter(sides), '')} {finger[1] if finger else ''}"
    yield f"{which} {region}", place


def _apart(kind: str, one: str, other: str) -> bool:
    if kind == "height":
        return abs(int(one) - int(other)) > _ROUNDED
    if " " not in one and " " not in other:
        return one != other
    return any(a and b and a != b for a, b in zip(one.split(" "), other.split(" "), strict=True))
