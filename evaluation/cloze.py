"""Whether a short reply gives the value that a cloze asks for, whole and alone."""

import re
from collections.abc import Callable, Iterable

from text_to_num import alpha2digit

from personas.dates import dates_in, without_dates
from personas.formats.text_files import plain

_ARTICLES = frozenset({"a", "an", "the"})
_NEGATIONS = frozenset({"not", "never", "no", "isn", "aren", "wasn", "ain", "don", "nor"})
_AGE = re.compile(
    r"\b(\d{1,3})[\s-]*(?:years?|yrs?)\b|\b(?:aged?|am|i['’]m|turned|turning)\s+(\d{1,3})\b",
    re.IGNORECASE,
)
_GENDERS = {
    "male": "male", "man": "male", "female": "female", "woman": "female",
    "nonbinary": "nonbinary", "agender": "agender", "genderfluid": "genderfluid",
}  # fmt: skip


def matches(reply: str, accepted: Iterable[str]) -> bool:
    """Whether a reply states one of the accepted values, as a whole value and as its only one.

    Case, punctuation, articles and white space do not count. A date may be written in any usual
    form, a number in words; "man" and "woman" say a gender. A reply that names another value of
    the same kind beside it, offers a choice, or denies the value, is wrong.
    """
    return any(_reader(value)(reply, value) for value in accepted)


def _reader(value: str) -> Callable[[str, str], bool]:
    if len(dates_in(value)) == 1:
        return _same_date
    if value.strip().isdecimal():
        return _same_number
    if _is_gender(value):
        return _same_gender
    return _same_phrase


def _same_date(reply: str, value: str) -> bool:
    return dates_in(reply) == dates_in(value)


def _same_number(reply: str, value: str) -> bool:
    """The age where the reply says "years old" or "I am", else its only number."""
    digits = alpha2digit(without_dates(reply), "en")
    stated = {int(a or b) for a, b in _AGE.findall(digits)}
    numbers = stated or {int(one) for one in re.findall(r"(?<![\d.,])\d+(?![\d.,]*\d)", digits)}
    return numbers == {int(value)} and not _denied(digits, value)


def _same_gender(reply: str, value: str) -> bool:
    named = _gender_words(reply)
    return named == _gender_words(value) and not (set(plain(reply).split()) & _NEGATIONS)


def _is_gender(value: str) -> bool:
    words = _joined(value)
    return len(words) == 1 and words[0] in _GENDERS


def _gender_words(text: str) -> set[str]:
    return {_GENDERS[word] for word in _joined(text) if word in _GENDERS}


def _joined(text: str) -> list[str]:
    return plain(re.sub(r"\bnon[\s-]binary\b", "nonbinary", text.casefold())).split()


def _same_phrase(reply: str, value: str) -> bool:
    phrase = _words(value)
    if not phrase or not _holds(_words(reply), phrase):
        return False
    return not (_denied(reply, value) or _offers_others(reply, phrase))


def _words(text: str) -> list[str]:
    return [word for word in plain(text).split() if word not in _ARTICLES]


def _holds(words: list[str], phrase: list[str]) -> bool:
    length = len(phrase)
    return any(words[start : start + length] == phrase for start in range(len(words) - length + 1))


def _denied(reply: str, value: str) -> bool:
    """Whether the clause with the value holds a negation before it."""
    phrase = _words(value)
    for clause in re.split(r"[.;!?,]|\bbut\b", reply):
        words = _words(clause)
        if _holds(words, phrase):
            first = next(n for n in range(len(words)) if words[n : n + len(phrase)] == phrase)
            if _NEGATIONS & set(words[:first]):
                return True
    return False


def _offers_others(reply: str, phrase: list[str]) -> bool:
    """A choice ("X or Y", "X / Y"), or a bare list of values of the same form."""
    parts = [_words(part) for part in re.split(r"\bor\b|\s/\s|/(?=\w)", reply.casefold())]
    filled = [part for part in parts if part]
    if len(filled) > 1 and any(_holds(part, phrase) for part in filled):
        return True
    listed = [_words(part) for part in re.split(r"[,;\n]|\band\b", reply.casefold())]
    others = [part for part in listed if part and part != phrase]
    return phrase in listed and any(_alike(part, phrase) for part in others)


def _alike(words: list[str], phrase: list[str]) -> bool:
    """Bare words, about as many as the value has: another candidate rather than a sentence."""
    bare = not any(word in {"i", "my", "me", "is", "am", "m", "name"} for word in words)
    return bare and all(word.isalpha() for word in words) and abs(len(words) - len(phrase)) <= 1
