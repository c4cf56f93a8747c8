"""People by name and by what they are to the person: "his father", "Lucien"."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from text_to_num import text2num

from personas.checks.coreference import Coreference
from personas.checks.names import folded
from personas.checks.passages import Sentence
from personas.checks.profile_claims import siblings_of
from simulacra.domain.base import Frozen
from simulacra.domain.persona import Persona

_ROLES = ("father", "mother", "grandfather", "grandmother", "husband", "wife")
_ROLE = "|".join(_ROLES)
_FEMALE = ("mother", "grandmother", "wife")
_WORD = r"[A-ZÀ-ÖØ-ÞŁŚŻ][^\W\d_]+"
_DEAD = re.compile(r"\b(?:late|died|dead|until|buried|lost|d\.|widow\w*)\b", re.IGNORECASE)
_DIES = r"(?P<tense>died|was buried|had died|had been buried|was dead)"
_NO_DEATH = re.compile(
    r"\b(?:if|would|might|as if|nearly|almost|like|wished|said|dream\w*)\b", re.I
)
_AGE = (
    r"(?P<age>\d{1,2}|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty)(?:-(?:one|two|three|four"
    r"|five|six|seven|eight|nine))?|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen"
    r"|eighteen|nineteen|one|two|three|four|five|six|seven|eight|nine)"
)
_TOLD_AGE = re.compile(rf"^(?P<name>{_WORD}) was {_AGE}(?=[.,;]| years old| and )")


class Death(Frozen):
    """A death as a sentence tells it: whose, where it stands, and whether it lies back ("had")."""

    who: str
    start: int
    earlier: bool


@dataclass(frozen=True)
class People:
    """Who is meant by a name or a role; by one key where the life gives the role a name."""

    persona: Persona

    @cached_property
    def mentions(self) -> Coreference:
        """Whom pronouns and names mean."""
        return Coreference(self.persona)

    @cached_property
    def holders(self) -> dict[str, str]:
        """Roles of the person with the first name of the one who has it, folded."""
        found: dict[str, str] = {}
        for role, value in self.persona.profile.attributes.items():
            name = re.match(rf"({_WORD})", value)
            if role in _ROLES and name:
                found[role] = folded(name[1])
        for role in ("father", "mother"):
            patterns = (
                rf"({_WORD}), the {role}\b",
                rf"\b(?i:his|her|their) {role},? ({_WORD})\b",
            )
            for pattern in patterns:
                named = {folded(one) for one in re.findall(pattern, self.persona.biography)}
                if role not in found and len(named) == 1:
                    found[role] = named.pop()
        return found

    @cached_property
    def _siblings(self) -> frozenset[str]:
        """First names of the brothers and sisters whom the profile lists."""
        names = [name for one in siblings_of(self.persona.profile) or () for name in one.names]
        return frozenset(folded(name.split()[0]) for name in names)

    @cached_property
    def _namesakes(self) -> Counter[str]:
        """How many relatives of the profile bear a first name, a parent of that name among them."""
        entries = [
            value for key, value in self.persona.profile.attributes.items()
            if key.startswith(("child", "grandchild", "sibling"))
        ]  # fmt: skip
        found = Counter(folded(one) for text in entries for one in set(re.findall(_WORD, text)))
        found.update(self.holders.values())
        return found

    def key(self, text: str) -> str:
        """One word for somebody: the first name, or the role that no name is known for."""
        plain = folded(text)
        return self.holders.get(plain, plain)

    def name_pattern(self, group: str) -> str:
        """A pattern for one name."""
        return rf"(?P<{group}>{_WORD})"

    def owner(self) -> str:
        """A pattern for somebody before "'s": "his father", "Lucien"."""
        return rf"(?:{self._whose()}) (?:late )?(?:{_ROLE})|{_WORD}"

    def bare(self) -> str:
        """The same, where no "'s" follows."""
        return self.owner()

    def who(self, text: str, place: int, words: str) -> str | None:
        """Whom the words mean; None where that is not sure."""
        role = re.search(rf"\b({_ROLE})$", words)
        if not role:
            own = folded(words) in self.mentions.own_names
            known = len(self.mentions.capitals(words)) == 1
            namesake = self._namesakes.get(folded(words), 0) > 1
            return None if own or not known or namesake else self.key(words)
        owner = re.match(r"[^\s]+(?:['’]s)?", words)
        assert owner is not None
        word = owner[0]
        if word.casefold() == "their":
            word = self.mentions.pronouns[0] if self.mentions.pronouns else "nobody"
        shared = role[1] in ("father", "mother") and self.mentions.last_is(
            text, place, self._siblings
        )
        if not shared and not self.mentions.is_main(text, place, word):
            return None
        return self.key(role[1])

    def death_in(self, start: int, end: int, before: Sentence | None) -> Death | None:
        """The death of somebody whom a sentence begins with, or, as "he", the sentence before."""
        story = self.persona.story
        if _NO_DEATH.search(story, start, end):
            return None
        pattern = re.compile(
            rf"(?P<who>{self.owner()})(?: (?P<name>{_WORD}))?(?:, [^,.]+,)? {_DIES}\b"
        )
        match = pattern.match(story, start, end)
        if match:
            who = self.who(story, start, match["who"])
            return self._death(who, start, match["tense"])
        pronoun = re.compile(rf"(?P<who>He|She) {_DIES}\b").match(story, start, end)
        if pronoun and before:
            return self._death(self._carried(before, pronoun["who"]), start, pronoun["tense"])
        return None

    def alive(self, who: str) -> str:
        """The profile entry that has a parent alive; empty where there is none."""
        for role in ("father", "mother"):
            value = self.persona.profile.attributes.get(role, "")
            current = re.match(
                rf"{_WORD}[^,]*, (?:aged )?\d+|{_WORD}[^,]*, (?:retired|who|a |an )", value
            )
            if value and who in (role, self.holders.get(role)) and not _DEAD.search(value):
                return f"attributes.{role}" if current or "," in value else ""
        return ""

    def _death(self, who: str | None, start: int, tense: str) -> Death | None:
        if who is None:
            return None
        return Death(
            who=who, start=start, earlier=tense in ("had died", "had been buried", "was dead")
        )

    def _carried(self, before: Sentence, pronoun: str) -> str | None:
        """Whom the sentence before begins with, where the pronoun can mean nobody else in it."""
        match = re.match(rf"(?P<who>{self.owner()})\b", before.text)
        if not match:
            return None
        role = re.search(rf"\b({_ROLE})$", match["who"])
        if not role or (role[1] in _FEMALE) != (pronoun == "She"):
            return None
        others = [one for one, _ in self.mentions.capitals(before.text[match.end() :])]
        return None if others else self.who(self.persona.story, before.span.start, match["who"])

    def _whose(self) -> str:
        own = self.mentions.possessive()
        return f"{own}|[Tt]heir"


def told_age(people: People, sentence: str) -> tuple[str, int] | None:
    """Somebody's age that a sentence begins with: "Kayla was eleven"."""
    match = _TOLD_AGE.match(sentence)
    if not match or folded(match["name"]) in people.mentions.own_names:
        return None
    if len(people.mentions.capitals(match["name"])) != 1:
        return None
    age = match["age"]
    return people.key(match["name"]), int(age) if age.isdigit() else int(text2num(age, "en"))
