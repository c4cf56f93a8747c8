"""Small things about prose as models write it."""

import re

_END = re.compile(r"[.!?…][\"'”’»)]*(?=\s|$)")


def whole_sentences(text: str) -> str:
    """The text up to its last whole sentence: a reply cut off by its limit ends within one.

    A text without any end of a sentence stays as it is.
    """
    ends = [match.end() for match in _END.finditer(text)]
    return text[: ends[-1]].strip() if ends else text.strip()


def first_words(text: str, count: int) -> str:
    """The first so many words, marked where more follow."""
    words = text.split()
    return " ".join(words[:count]) + (" …" if len(words) > count else "")


def last_words(text: str, count: int) -> str:
    """The last so many words, marked where more came before."""
    words = text.split()
    return ("… " if len(words) > count else "") + " ".join(words[-count:])
