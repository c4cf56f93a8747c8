"""Claims that English text makes in plain patterns: ages, birth, kin by role and name.

Only what the text says of the person whose life it is, and only where no other person can be meant;
facts read by a model or a reader know far more.
"""

import re
from collections.abc import Iterator

from text_to_num import text2num

from personas.checks.claims import Claim, day_of, windows
from personas.checks.coreference import Coreference
from personas.checks.kinship import NAME, QUALITY
from personas.checks.names import folded
from personas.checks.told_dates import ORDINAL_WORDS, ORDINALS, told_dates
from personas.checks.wording import NUMBERS
from simulacra.domain.memory import Span
from simulacra.domain.persona import Episode, Persona

_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_UNITS = "one|two|three|four|five|six|seven|eight|nine"
_TEENS = "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
_AGE = rf"(\d{{1,3}}|(?:{_TENS})(?:-(?:{_UNITS}))?|{_TEENS}|{_UNITS})"
_HARDLY = r"(?:only |just |barely |still )?"
_AGE_ENDS = r"(?=[,.;:!?]| and | or | years? old| when| that | but | then| now| at | with | by the)"
_ROLES = {
    "sister": "sibling_of", "brother": "sibling_of", "half-sister": "sibling_of",
    "half-brother": "sibling_of", "son": "parent_of", "daughter": "parent_of",
    "wife": "married_to", "husband": "married_to", "mother": "named", "father": "named",
}  # fmt: skip
_LOOKS_BACK = re.compile(
    r"\b(?:since|when|until|till|before|after|while|though|that|if|as|because|once|where)\s+$", re.I
)
_PLACE = rf"(?:[a-z]+ )*{NAME}(?:[^.;]*? in {NAME})?"
_FULL_NAME = r"[^\W\d_a-zà-öø-ÿ][^\W\d_]+ [^\W\d_a-zà-öø-ÿ][^\W\d_]+"
_NUMBER_WORDS = "|".join(one for one in NUMBERS if one.isalpha())
_YOUNGEST_HOUR = 13  # "at ten she rose" may be an hour
_NOT_SO = re.compile(
    r"\b(?:not|no|never|nor|without|if|would|might|like|as if|almost|nearly)\b", re.I
)

Told = tuple[int, int, str, str, str]  # start, end, subject, relation, object


def told_claims(persona: Persona) -> list[Claim]:
    """The claims of story and biography, with their spans in the story."""
    mentions = Coreference(persona)
    told = windows(persona)
    found = []
    for episode in persona.episodes:
        text = persona.text_of(episode.span)
        for start, end, subject, relation, value in _all(mentions, text):
            span = Span(start=episode.span.start + start, end=episode.span.start + end)
            found.append(_claim(episode, span, subject, relation, value, told.get(episode.id)))
    day = persona.profile.as_of
    for _, _, subject, relation, value in _biography(mentions, persona.biography):
        found.append(
            Claim(
                subject=subject, relation=relation, object=value, source="profile",
                field="biography", told=(day, day) if day else None,
            )
        )  # fmt: skip
    return found


def _claim(
    episode: Episode, span: Span, subject: str, relation: str, value: str, told: object
) -> Claim:
    return Claim.model_validate(
        {
            "subject": subject, "relation": relation, "object": value, "told": told,
            "day": day_of(episode), "span": span, "episode": episode.id, "source": "text",
        }
    )  # fmt: skip


def _all(mentions: Coreference, text: str) -> Iterator[Told]:
    yield from _ages(mentions, text)
    yield from _ages_of_others(mentions, text)
    yield from _birthplaces(mentions, text)
    yield from _degrees(mentions, text)
    yield from _counts(mentions, text)
    yield from _kin(mentions, text)


def _ages(mentions: Coreference, text: str) -> Iterator[Told]:
    name, who = mentions.persona.name, mentions.subject()
    patterns = (
        rf"\b({who}) (?:was|turned|had turned|had just turned) {_HARDLY}{_AGE}{_AGE_ENDS}",
        rf"\b({who}), (?:now |aged |just )?{_AGE},",
    )
    for pattern in patterns:
        for match in re.finditer(pattern, text):
            if not _LOOKS_BACK.search(text, 0, match.start()) and mentions.is_main(
                text, match.start(), match[1]
            ):
                yield match.start(), match.end(), name, "age", str(_number(match[2]))
    for match in re.finditer(rf"\b[Aa]t (the age of )?{_AGE},? ({who})\b", text):
        years = _number(match[2])
        if (match[1] or years >= _YOUNGEST_HOUR) and mentions.is_main(
            text, match.start(), match[3]
        ):
            yield match.start(), match.end(), name, "age", str(years)
    for match in re.finditer(
        rf"\b[Oo]n ({mentions.possessive()}) ({ORDINAL_WORDS}|\d+(?:st|nd|rd|th)) birthday\b", text
    ):
        if mentions.is_main(text, match.start(), match[1]):
            yield match.start(), match.end(), name, "age", str(_ordinal(match[2]))


def _ages_of_others(mentions: Coreference, text: str) -> Iterator[Told]:
    """Ages in apposition to a full name: "Ben Luna, thirty-one, ..."."""
    for match in re.finditer(rf"(?<![^\W_])({_FULL_NAME}), {_AGE},", text):
        other = folded(match[1].split()[0]) not in mentions.own_names
        if other and len(mentions.capitals(match[1])) == len(match[1].split()):
            yield match.start(), match.end(), match[1], "age", str(_number(match[2]))


def _degrees(mentions: Coreference, text: str) -> Iterator[Told]:
    name = mentions.persona.name
    pattern = rf"\b({mentions.possessive()}) (?:university |college |master's |doctoral )?degree\b"
    for match in re.finditer(pattern, text):
        sentence = text[max(text.rfind(".", 0, match.start()), 0) : match.start()]
        if mentions.is_main(text, match.start(), match[1]) and not _NOT_SO.search(sentence):
            yield match.start(), match.end(), name, "holds_degree", "degree"


def _counts(mentions: Coreference, text: str) -> Iterator[Told]:
    """Brothers and sisters by number: "her three brothers", "Ana's two sisters"."""
    name = mentions.persona.name
    pattern = rf"\b({mentions.possessive()}) ({_NUMBER_WORDS}) (brother|sister|sibling)s\b"
    for match in re.finditer(pattern, text):
        if mentions.is_main(text, match.start(), match[1]):
            relation = f"{match[3]}_count"
            yield match.start(), match.end(), name, relation, NUMBERS[match[2]]


def _birthplaces(mentions: Coreference, text: str) -> Iterator[Told]:
    name, who = mentions.persona.name, mentions.subject()
    for match in re.finditer(rf"({NAME}), where ({who}) (?:was|had been) born\b", text):
        if mentions.is_main(text, match.start(), match[2]):
            yield match.start(), match.end(), name, "born_in", match[1]
    for match in re.finditer(rf"\b({who})(?:,| was| had been) born (?:in|at) ({NAME})", text):
        if mentions.is_main(text, match.start(), match[1]):
            yield match.start(), match.end(), name, "born_in", match[2]


def _kin(mentions: Coreference, text: str) -> Iterator[Told]:
    roles = "|".join(sorted(_ROLES, key=len, reverse=True))
    pattern = rf"\b({mentions.possessive()}) {QUALITY}({roles})(?![-\w])(?:,? ({NAME}))?"
    for match in re.finditer(pattern, text):
        owner, role, relative = match[1], match[2], match[3]
        sentence = text[max(text.rfind(".", 0, match.start()), 0) : match.start()]
        if not mentions.is_main(text, match.start(), owner) or _NOT_SO.search(sentence):
            continue
        yield from _relative(mentions.persona, role, relative, match.start(), match.end())


def _relative(
    persona: Persona, role: str, relative: str | None, start: int, end: int
) -> Iterator[Told]:
    relation, name = _ROLES[role], persona.name
    if relation == "sibling_of" and relative:
        yield start, end, relative, relation, name
    elif relation == "parent_of":
        if relative:
            yield start, end, name, relation, relative
        yield start, end, name, "child_count", "1"
    elif relation == "married_to":
        if relative:
            yield start, end, name, relation, relative
        yield start, end, name, "marital_status", "married"
    elif relation == "named" and relative:
        yield start, end, f"{name}'s {role}", relation, relative


def _biography(mentions: Coreference, text: str) -> Iterator[Told]:
    """The day and place of birth as the first sentence about a birth gives them."""
    for match in re.finditer(r"\bborn on\b", text):
        days = told_dates(text[match.start() : match.start() + 60])
        if not days or not mentions.is_main(text, match.start(), _before(mentions, text, match)):
            return
        day = days[0].in_year(days[0].year) if days[0].year else None
        if day:
            yield 0, 0, mentions.persona.name, "born_on", day.isoformat()
            end = match.start() + days[0].span.end
            place = re.match(rf",?(?: an? \w+,)? (?:in|at) ({_PLACE})", text[end:])
            if place:
                yield 0, 0, mentions.persona.name, "born_in", place[1]
        return


def _before(mentions: Coreference, text: str, match: re.Match[str]) -> str:
    """The person's name, where it stands in the sentence before a word; else a word for nobody."""
    start = max(text.rfind(". ", 0, match.start()), 0)
    sentence = text[start : match.start()]
    for one in mentions.pronouns[:1]:
        place = re.match(rf"\W*{one}\b", sentence, re.IGNORECASE)
        if place and mentions.is_main(text, start, one):
            return one
    own = [one for one in re.findall(r"[^\W_]+", sentence) if one.casefold() in mentions.own_names]
    return own[-1] if own else "nobody"


def _number(word: str) -> int:
    return int(word) if word.isdigit() else int(text2num(word, "en"))


def _ordinal(word: str) -> int:
    if word[0].isdigit():
        return int(re.match(r"\d+", word)[0])  # type: ignore[index]
    return ORDINALS[word]
