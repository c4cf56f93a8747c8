"""Whom "he" and "she" mean: the person whose life it is, or perhaps somebody else."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from personas.checks.calendar import WEEKDAYS
from personas.checks.names import folded
from personas.checks.told_dates import ORDINALS
from personas.checks.wording import NUMBERS
from simulacra.domain.persona import Persona

_PRONOUNS = {"male": ("he", "him", "his", "himself"), "female": ("she", "her", "hers", "herself")}
_CAPITAL = re.compile(r"(?<![^\W_])[^\W\d_a-zà-öø-ÿ][^\W\d_]+")
_BEFORE_PLACE = re.compile(r"\b(?:in|at|into|near)\s+(?:the\s+)?$", re.IGNORECASE)
_AT_PLACE = re.compile(
    r"\b(?:[Ii]n|[Aa]t|[Ii]nto|[Nn]ear|[Ff]rom|St\.|Saint)\s+([^\W\d_a-zà-öø-ÿ][^\W\d_]+)"
)
_LAND = (
    "pond", "river", "lake", "street", "avenue", "road", "hill", "bridge", "bay", "island",
    "county", "mountain", "valley", "square", "harbour", "beach", "college", "school", "hospital",
    "university", "church", "station", "hall", "park", "village", "market",
)  # fmt: skip
_GROUNDS = frozenset(_LAND)
_GROUND = re.compile(rf"(?:['’]s)? (?:{'|'.join(_LAND)})\b", re.IGNORECASE)
_FEMALE = r"mother|sister|wife|daughter|aunt|auntie|grandmother|mrs|miss|niece|granddaughter"
_MALE = r"father|brother|husband|son|uncle|grandfather|mr|nephew|grandson|don|captain"
_PEOPLE = {
    "female": r"mother|sister|wife|daughter|aunt|auntie|grandmother|woman|girl|lady|niece|widow"
    r"|bride|nurse|nun|queen|madam|waitress|midwife|granddaughter|girlfriend|fiancée",
    "male": r"father|brother|husband|son|uncle|grandfather|man|boy|lad|nephew|widower|groom|priest"
    r"|monk|king|sir|waiter|grandson|boyfriend|fiancé|soldier|policeman|foreman",
}
_ANYONE = (
    r"doctor|teacher|clerk|officer|boss|owner|driver|guard|child|baby|cousin|friend|neighbour|buyer"
    r"|seller|manager|student|pupil|stranger|guest|patient|judge|customer|patron|merchant|tailor"
)
DATES = frozenset((*WEEKDAYS, "january", "february", "march", "april", "may", "june", "july",
    "august", "september", "october", "november", "december", "christmas", "easter"))  # fmt: skip
"""Names of days, months and feasts, folded."""
_SMALL_LETTERS = re.compile(r"(?<![^\W_])[a-zà-öø-ÿ][^\W\d_]+")
_LITTLE = frozenset((
    "a", "an", "the", "this", "that", "these", "those", "here", "there", "in", "on", "at", "by",
    "for", "from", "of", "to", "with", "without", "within", "after", "before", "toward", "towards",
    "under", "over", "between", "behind", "beyond", "during", "since", "until", "while", "when",
    "where", "what", "who", "why", "how", "which", "whose", "if", "as", "so", "then", "now", "but",
    "and", "or", "nor", "not", "no", "yes", "he", "she", "they", "it", "we", "you", "his", "her",
    "their", "its", "him", "them", "both", "each", "every", "all", "some", "nobody", "nothing",
    "somebody", "everybody", "everything", "another", "other", "one", "two", "three", "once",
    "twice", "later", "meanwhile", "afterwards", "perhaps", "instead", "still", "even", "only",
    "because", "although", "though", "whoever", "whatever", "years", "today", "tomorrow",
))  # fmt: skip
_COUNTING = frozenset((
    *NUMBERS, *ORDINALS, "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
    "half", "dozens", "hundred", "hundreds", "thousand", "thousands", "million", "millions",
))  # fmt: skip
_OWN_NAMES = ("first_name", "nickname")  # endings of attributes that name the person
_BACK = 240  # characters: a pronoun seldom reaches further than two sentences


@dataclass(frozen=True)
class Coreference:
    """Finds the person of a life in its text, and stays silent where another could be meant."""

    persona: Persona

    @property
    def pronouns(self) -> tuple[str, ...]:
        """The pronouns that can mean the person: none for "they", which may mean many."""
        return _PRONOUNS.get(self.persona.profile.gender.casefold(), ())

    @cached_property
    def given(self) -> str:
        """The word of the name that the story uses alone most often; else the first.

        A word that also names a relative in the profile means the person only if each does.
        """
        words = self.persona.name.split()
        known = self.persona.profile.attributes.items()
        kin = {
            word for key, value in known if not key.endswith(_OWN_NAMES)
            for word in _CAPITAL.findall(value)
        }  # fmt: skip
        words = [one for one in words if one not in kin] or words
        whole = re.escape(self.persona.name)
        told = re.sub(whole, " ", self.persona.story)
        times = [len(re.findall(rf"(?<![^\W_]){re.escape(one)}(?![^\W_])", told)) for one in words]
        return words[times.index(max(times))]

    @cached_property
    def own_names(self) -> frozenset[str]:
        """Words that mean the person alone: the given name and its long form."""
        given = [
            value for key, value in self.persona.profile.attributes.items()
            if key.endswith(_OWN_NAMES)
        ]  # fmt: skip
        return frozenset(folded(one) for one in (self.given, *given))

    def subject(self) -> str:
        """A pattern for the person as a subject: the first name, or the pronoun."""
        whole = self.persona.name
        names = (re.escape(whole), re.escape(self.given))
        return "|".join((*names, *(f"{one}|{one.title()}" for one in self.pronouns[:1])))

    def possessive(self) -> str:
        """A pattern for what is the person's: "Ana's", "her"."""
        names = "|".join((re.escape(self.persona.name), re.escape(self.given)))
        theirs = {"male": "|his|His", "female": "|her|Her"}
        return rf"(?:{names})['’]s" + theirs.get(self.persona.profile.gender.casefold(), "")

    def is_main(self, text: str, place: int, word: str) -> bool:
        """Whether a name or pronoun at a place means the person.

        A pronoun does when the last name before it, within about two sentences and not of the other
        sex, is the person's own, or when there is none.
        """
        bare = re.sub(r"['’]s$", "", word)
        if folded(bare) == folded(self.persona.name) or folded(bare) in self.own_names:
            return True
        if bare.casefold() not in self.pronouns:
            return False
        last = self._last_name(text, place)
        return last is None or last in self.own_names

    def last_is(self, text: str, place: int, names: frozenset[str]) -> bool:
        """Whether the last name before a place is one of these, folded, or the person's own."""
        return self._last_name(text, place) in names | self.own_names

    def _last_name(self, text: str, place: int) -> str | None:
        """The last name that can be meant; "somebody" where a noun names another later."""
        start = max(text.rfind("\n", 0, place) + 1, place - _BACK)
        others = list(self._nouns.finditer(text, start, place))
        noun = others[-1].start() if others else -1
        for match in reversed(list(_CAPITAL.finditer(text, start, place))):
            word = folded(match[0])
            if word in DATES or word not in self._proper:
                continue
            if word not in self.own_names:
                if word in self._places or _GROUND.match(text, match.end()):
                    continue
                if folded(match[0]) in _GROUNDS or _BEFORE_PLACE.search(text, start, match.start()):
                    continue
                if self._in_whole_name(text, match):
                    return self.given_key
                if self._sex.get(word, self.persona.profile.gender) != self.persona.profile.gender:
                    continue
            return word if match.start() > noun else "somebody"
        return None if noun < 0 else "somebody"

    def capitals(self, text: str) -> list[tuple[str, int]]:
        """Each proper name in a text, word by word and folded, with its place."""
        found = ((folded(match[0]), match.start()) for match in _CAPITAL.finditer(text))
        return [(word, start) for word, start in found if word in self._proper]

    @property
    def given_key(self) -> str:
        """The given name as ``own_names`` has it."""
        return folded(self.given)

    def _in_whole_name(self, text: str, match: re.Match[str]) -> bool:
        """Whether a word is part of the person's whole name at that place."""
        start = max(match.start() - len(self.persona.name), 0)
        return self.persona.name in text[start : match.end() + len(self.persona.name)]

    @cached_property
    def _places(self) -> frozenset[str]:
        """Names that the life puts after "in" or "at" more often than not."""
        told = f"{self.persona.story}\n{self.persona.biography}"
        everywhere = Counter(folded(one) for one in _CAPITAL.findall(told))
        inside = Counter(folded(one) for one in _AT_PLACE.findall(told))
        return frozenset(
            word for word, times in inside.items()
            if 2 * times > everywhere[word] and word not in self._sex
        ) | {folded(one) for one in _CAPITAL.findall(self.persona.profile.place)}  # fmt: skip

    @cached_property
    def _nouns(self) -> re.Pattern[str]:
        """Nouns for people whom the person's pronoun can mean."""
        own = _PEOPLE.get(self.persona.profile.gender.casefold(), "")
        return re.compile(rf"\b(?:{own}|{_ANYONE})\b", re.IGNORECASE)

    @cached_property
    def _proper(self) -> frozenset[str]:
        """Words that the life writes with a capital only, but for little ones and numbers."""
        told = f"{self.persona.story}\n{self.persona.biography}"
        large = {folded(one) for one in _CAPITAL.findall(told)}
        small = {folded(one) for one in _SMALL_LETTERS.findall(told)}
        return frozenset(large - small - _LITTLE - _COUNTING) | self.own_names

    @cached_property
    def _sex(self) -> dict[str, str]:
        """Sex of named people, as the words of kinship give it."""
        known = self.persona.profile.attributes
        entries = (f"{key} {value}" for key, value in known.items())
        told = "\n".join((self.persona.story, self.persona.biography, *entries))
        found: dict[str, str] = {}
        for sex, roles in (("female", _FEMALE), ("male", _MALE)):
            for match in re.finditer(rf"\b(?i:{roles}),? ([^\W\d_a-zà-öø-ÿ][^\W\d_]+)", told):
                found.setdefault(folded(match[1]), sex)
        return found
