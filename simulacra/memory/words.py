"""The words of a text that can be searched for: without stop words, joined by their stems."""

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path

import snowballstemmer
import yaml

from simulacra.domain.base import Frozen

_WORD = re.compile(r"\b\w\w+\b")


class _English(Frozen):
    """``irregular`` and ``kin`` map a base form to forms that are searched as that one."""

    stop_words: frozenset[str]
    irregular: dict[str, tuple[str, ...]]
    kin: dict[str, tuple[str, ...]]


def content_words(texts: Sequence[str]) -> list[list[str]]:
    """The stems of each text's words, in their order, without English stop words.

    Stems are Snowball's (Porter, 2001). Irregular forms count as their base form ("went" as "go"),
    what kin are called as what they are ("Mummy" as "mother"). Words of one letter are left out.
    """
    stop_words = _english().stop_words
    return [
        [_stem(word) for word in _WORD.findall(text.lower()) if word not in stop_words]
        for text in texts
    ]


@lru_cache(maxsize=65536)
def _stem(word: str) -> str:
    # A stemmer keeps state while it works, so each call has its own.
    stem = snowballstemmer.stemmer("english").stemWord
    base = _base_forms()
    found: str = stem(base.get(word) or base.get(stem(word), word))
    return found


@cache
def _english() -> _English:
    text = Path(__file__).with_name("english.yaml").read_text(encoding="utf-8")
    return _English.model_validate(yaml.safe_load(text))


@cache
def _base_forms() -> dict[str, str]:
    """Base forms by their other forms."""
    english = _english()
    return {
        form: base
        for forms_of in (english.irregular, english.kin)
        for base, forms in forms_of.items()
        for form in forms
    }
