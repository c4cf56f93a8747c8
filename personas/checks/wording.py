"""Whether two short descriptions can be true together.

The rule: values of one dimension (a side, a number, a colour) that differ exclude each other; else
descriptions that share the stem of a content word agree; else they do not.
"""

import re
from functools import cache

from snowballstemmer import stemmer
from text_to_num import text2num

from personas.checks.names import folded

_WORD = re.compile(r"[^\W_]+")
_COUNTED = re.compile(r"([^\W_]+)(?:[ -]+([a-zà-ÿ]+))?(?![^\W_])")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_STEM = 5  # letters: adjective and noun of one root meet (pancreas, pancreatic)
_STOP = frozenset((
    "a", "an", "the", "of", "in", "on", "at", "to", "and", "or", "his", "her", "their", "its",
    "is", "was", "were", "by", "for", "from", "with", "as", "who", "that", "this", "it", "he",
    "she", "they", "very", "nearly", "almost", "quite", "s", "only", "own",
))  # fmt: skip
_GENERIC = frozenset(("disease", "illness", "failure", "sickness", "trouble", "condition", "old"))
_DIMENSIONS = {
    "side": {"left": "left", "right": "right", "both": "both"},
    "colour": {
        one: one for one in (
            "black", "white", "red", "green", "blue", "brown", "yellow", "orange", "purple",
            "pink", "grey", "golden", "silver",
        )
    } | {"gray": "grey", "gold": "golden"},
    "finger": {one: one for one in ("thumb", "index", "ring", "little", "middle")},
    "limb": {one: one for one in ("arm", "leg", "hand", "foot", "eye", "ear", "knee", "hip")},
}  # fmt: skip
NUMBERS = {
    word: str(int(text2num(word, "en")))
    for word in (
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
        "nineteen", "twenty",
    )
} | {"no": "0", "none": "0"}  # fmt: skip


def stems(text: str) -> frozenset[str]:
    """Stems of the content words of a text, cut to five letters."""
    words = [one for one in _WORD.findall(folded(text)) if one not in _STOP]
    return frozenset(stem[:_STEM] for stem in stemmer("english").stemWords(words))


@cache
def _values(text: str) -> dict[str, frozenset[str]]:
    words = _WORD.findall(folded(text))
    return {
        name: frozenset(values[one] for one in words if one in values)
        for name, values in _DIMENSIONS.items()
    }


@cache
def _number(text: str) -> tuple[str, str]:
    """The first number of a text, and the thing it counts where that follows; empty without."""
    for match in _COUNTED.finditer(_THOUSANDS.sub("", text)):
        word = folded(match[1])
        if word in NUMBERS or word.isdigit():
            return NUMBERS.get(word, word), folded(match[2] or "")
    return "", ""


def _other_number(one: str, other: str) -> bool:
    """Whether two texts give different numbers of the same thing, or of one that is not told."""
    (first, of_what), (second, of_which) = _number(one), _number(other)
    same = of_what == of_which or not of_what or not of_which
    return bool(first and second) and first != second and same


def opposed(one: str, other: str) -> bool:
    """Whether two descriptions give different values of one dimension."""
    first, second = _values(one), _values(other)
    return any(
        first[name] and second[name] and not first[name] & second[name] for name in first
    ) or (_other_number(one, other) or _other_code(one, other))


def unlike(one: str, other: str) -> bool:
    """Whether two descriptions of the one kind, cause or trade exclude each other."""
    if opposed(one, other):
        return True
    first, second = _told(one), _told(other)
    return bool(first and second and not first & second)


def within(part: str, whole: str) -> bool:
    """Whether every content word of one text stands in the other, in any form."""
    wanted = stems(part)
    return bool(wanted) and wanted <= stems(whole)


def _told(text: str) -> frozenset[str]:
    return stems(text) - stems(" ".join(_GENERIC))


def _other_code(one: str, other: str) -> bool:
    """Whether two texts are equal but for a code in capitals: "genotype AA", "genotype AS"."""
    code = re.compile(r"\b[A-Z]{1,3}\d?\b")
    first, second = set(code.findall(one)), set(code.findall(other))
    if not first or not second or first & second:
        return False
    return bool(stems(code.sub("", one)) & stems(code.sub("", other)))
