"""Whom a name means: full names, first names that only one person bears, roles, events."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

_WORD = re.compile(r"[^\W_]+(?:['’](?!s\b)[^\W_]+)*")
_TITLES = frozenset((
    "don", "dona", "mr", "mrs", "ms", "miss", "dr", "doctor", "professor", "prof", "captain",
    "sir", "lady", "senor", "senora",
))  # fmt: skip
_KIN_TITLES = frozenset(("sister", "brother", "father", "mother", "uncle", "aunt", "auntie"))
_PARTICLES = frozenset((
    "de", "la", "del", "da", "do", "dos", "van", "von", "der", "den", "al", "el", "bin", "ibn",
    "ben", "y", "e", "di", "le", "du", "st",
))  # fmt: skip
_SMALL = frozenset(("the", "a", "an", "of", "and", "s", "in", "at", "on", "to", "for", "with"))


def folded(text: str) -> str:
    """Small letters without accents."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in parts if not unicodedata.combining(one))


def name_words(text: str) -> tuple[str, ...]:
    """The words of a name, folded, without a title in front of it."""
    words = _WORD.findall(folded(text))
    while len(words) > 1 and words[0] in _TITLES | _KIN_TITLES:
        words = words[1:]
    return tuple(words)


def is_person(text: str) -> bool:
    """Whether a subject reads as somebody's name: only names and particles, no "'s", no "and"."""
    if re.search(r"['’]s\b", text):
        return False
    words = re.findall(r"[^\W_]+", text)
    if not words or not words[0][0].isupper():
        return False
    return all(one[0].isupper() or folded(one) in _PARTICLES for one in words)


def same_name(one: str, other: str) -> bool:
    """Whether two names can be of one person: shared words, or a short form within the long one."""
    first, second = name_words(one), name_words(other)
    if not first or not second or set(first) & set(second):
        return True
    return any(len(a) >= 3 and len(b) >= 3 and (a in b or b in a) for a in first for b in second)


class Names:
    """The people of a life.

    A shorter name is taken for the one longer name that begins with it; where several do, it stays
    what it is. A family name alone means nobody: a father may bear it as his only name. ``roles``
    name people by what they are to somebody ("Ana's mother").
    """

    def __init__(self, people: Iterable[str], roles: Mapping[str, str] | None = None) -> None:
        known = {name_words(one) for one in people if is_person(one)}
        self._known = sorted((one for one in known if one), key=lambda one: (-len(one), one))
        self._longest = {one: self._long_form(one) for one in self._known}
        self._surnames = {one[-1] for one in self._known if len(one) > 1}
        self._roles = {
            self.key(role): self.key(name)
            for role, name in (roles or {}).items()
            if not is_person(role)
        }
        told = sorted(roles or {}, key=len, reverse=True)
        self._told_roles = {one.casefold(): (roles or {})[one] for one in told}

    def key(self, text: str) -> str:
        """One spelling for all names of one person, thing or event.

        An event is the set of its words, so "the death of Kosi" and "Kosi's death" are the same.
        """
        if is_person(text):
            return " ".join(self._person(name_words(text)))
        return " ".join(sorted(set(self._parts(text))))

    def who(self, text: str) -> str:
        """``key``, with a role replaced by the person who has it."""
        key = self.key(text)
        return self._roles.get(key, key)

    def told(self, text: str) -> str:
        """A text with every role in it replaced by the name of the person who has it."""
        for role, name in self._told_roles.items():
            if role in text.casefold():
                pattern = rf"(?<!\w){re.escape(role)}(?![\w-])"
                plain = name.replace("\\", r"\\")
                text = re.sub(pattern, plain, text, flags=re.IGNORECASE)
        return text

    def _long_form(self, words: tuple[str, ...]) -> tuple[str, ...]:
        longer = [one for one in self._known if one != words and one[: len(words)] == words]
        tops = [one for one in longer if not any(set(one) < set(two) for two in longer)]
        return tops[0] if len(tops) == 1 else words

    def _person(self, words: tuple[str, ...]) -> tuple[str, ...]:
        return self._longest.get(words) or self._long_form(words)

    def _parts(self, text: str) -> list[str]:
        """The words of a text, the names in it as whole people."""
        words = [one for one in _WORD.findall(folded(text)) if one not in _TITLES]
        parts: list[str] = []
        place = 0
        while place < len(words):
            found = self._person_at(words, place)
            if found:
                parts.append(" ".join(self._person(found)))
                place += len(found)
            else:
                if words[place] not in _SMALL:
                    parts.append(words[place])
                place += 1
        return parts

    def _person_at(self, words: list[str], place: int) -> tuple[str, ...] | None:
        for known in self._known:
            if tuple(words[place : place + len(known)]) == known:
                return known
        one = (words[place],)
        if words[place] in self._surnames:
            return None
        return one if self._long_form(one) != one else None
