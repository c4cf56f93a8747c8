"""Replies to closed items: which of the options they name, or none for certain."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from simulacra.domain.survey import Option
from simulacra.survey.numbers import words_to_digits
from simulacra.survey.words import NEGATION, REVERSAL, bare, declined, plain, sentences, unwrapped

# Longer replies are stories, not answers; the bounds keep reading them cheap.
_MAX_TEXT, _MAX_CUTS = 2000, 30

LETTERS = "abcdefghijklmnopqrstuvwxyz"
_WHOLE = re.compile(r"-?\d+")
_CLAUSE = re.compile(
    r"(?<=^\d)\.\s+|,\s+|\s+-\s+|;\s+|\s+\(|:\s+|\s+(?=because\b|since\b|as i\b|as it\b)"
)
_KEYED = re.compile(r"\s*[)\].:=]\s*|\s+-\s+")
_TRAILING_KEY = re.compile(r"\s*[(\[]|\s*[:=]\s*|\s+-\s+")
_LIST = re.compile(r"\s*[,;/&+\n|]\s*(?:and\s+|or\s+)?|\s+and\s+|\s+plus\s+|\s+as well as\s+")
_NEGATIVE_LABEL = re.compile(
    r"\b(?:no|not|never|none|neither|nor|hardly|rarely|seldom)\b|n't\b|\b(?:dis|in|un)[a-z]{4,}"
)
_ALL = re.compile(r"(?:all|every one|each one|both)(?: (?:of )?(?:them|these|those|the above))?")
_NONE = re.compile(r"(?:none|neither|not any|no one)(?: (?:of )?(?:them|these|those|the above))?")
_NONE_LABEL = re.compile(r"(?:none|neither)\b.*|not any\b.*")
_DASH = re.compile(r"^[-*•]\s+")
_COUNT = re.compile(r"^\(?(\d{1,2})[.)]\s+(?=\S)")


@dataclass(frozen=True)
class Choices:
    """The shown options with every spelling that names one of them.

    Spellings are code, label, label in another language, and, where neither a code nor a label is
    itself a single letter, the letter of the place shown. A spelling that two options share names
    neither.
    """

    options: tuple[Option, ...]
    _forms: dict[str, set[str]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Collect the spellings."""
        for option in self.options:
            for form in (option.code, option.label, *option.translations):
                self._add(form, option)
        lone = {option.label for option in self.options} | {option.code for option in self.options}
        if len(self.options) <= len(LETTERS) and not any(
            len(bare(one)) == 1 and bare(one).isalpha() for one in lone
        ):
            for letter, option in zip(LETTERS, self.options, strict=False):
                self._add(letter, option)

    def _add(self, form: str, option: Option) -> None:
        self._forms.setdefault(bare(form), set()).add(option.code)

    @cached_property
    def _labels(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for option in self.options:
            for label in (option.label, *option.translations):
                if len(bare(label)) > 1 or bare(label).isdigit():
                    found.setdefault(bare(label), set()).add(option.code)
        return found

    @cached_property
    def _whole_codes(self) -> list[int]:
        codes = [option.code for option in self.options if option.missing is None]
        return [int(code) for code in codes if _WHOLE.fullmatch(code)]

    @cached_property
    def _mention(self) -> re.Pattern[str] | None:
        labels = sorted(self._labels, key=lambda label: (-len(label), label))
        if not labels:
            return None
        return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, labels))})(?!\w)")

    def mentioned(self, text: str) -> set[str]:
        """Codes of the options whose labels occur in a plain text; long labels hide short ones."""
        if self._mention is None:
            return set()
        found = (self._labels[match[0]] for match in self._mention.finditer(" ".join(text.split())))
        return set().union(*found)

    def named(self, text: str) -> set[str]:
        """Codes that a text as a whole names: one, none, or several where it is ambiguous."""
        for core in unwrapped(text):
            if codes := self._named_by(core):
                return codes
        return set()

    def _named_by(self, core: str) -> set[str]:
        for form in (core, words_to_digits(core)):
            if codes := self._forms.get(form):
                return codes
        return self._named_by_number(core) or self._named_twice(core)

    def _named_by_number(self, core: str) -> set[str]:
        """Readings such as "4.0", and "4 out of 5" where the codes run to 5."""
        text = words_to_digits(core)
        found = re.fullmatch(r"(?:a )?(-?\d+)(?:\.0+)?(?: ?(?:/|out of|of) ?(\d+))?", text)
        if not found or (found[2] and (not self._whole_codes or int(found[2]) != self._highest)):
            return set()
        return self._forms.get(found[1], set())

    @property
    def _highest(self) -> int:
        return max(self._whole_codes)

    def _named_twice(self, core: str) -> set[str]:
        """Readings such as "b) Agree" and "Agree (4)"; both parts must name the same option."""
        for separator in (_KEYED, _TRAILING_KEY):
            for cut in separator.finditer(core):
                first = self._forms.get(bare(core[: cut.start()]))
                second = self._forms.get(bare(core[cut.end() :]))
                if first and second:
                    return first & second
        return set()

    def read_one(self, text: str) -> str | None:
        """The code of the one option that a reply names, or None if that is not certain."""
        if len(text) > _MAX_TEXT:
            return None
        if len(whole := self.named(text)) == 1:
            return next(iter(whole))
        codes: set[str] = set()
        rest: list[str] = []
        for part in self._parts(text):
            found = self._stated(part)
            codes |= found
            if not found:
                rest.append(part)
        if len(codes) != 1 or not all(self._harmless(part, codes) for part in rest):
            return None
        return next(iter(codes))

    def _parts(self, text: str) -> Iterator[str]:
        """Lines where they name an option as a whole, otherwise their sentences."""
        for line in plain(text).splitlines():
            yield from (line,) if self._stated(line) else sentences(line)

    def _stated(self, part: str) -> set[str]:
        """Codes that a sentence names as a whole, or in its head with a harmless explanation."""
        if codes := self.named(part):
            return codes
        for cut in reversed(list(islice(_CLAUSE.finditer(part), _MAX_CUTS))):
            head, tail = part[: cut.start()], part[cut.end() :]
            codes = self.named(head)
            if len(codes) == 1 and self._explains(tail, codes):
                return codes
        return set()

    def _explains(self, tail: str, codes: set[str]) -> bool:
        digits = re.findall(r"-?\d+", words_to_digits(tail))
        others = set().union(*(self._forms.get(one, set()) for one in digits)) - codes
        denied = NEGATION.search(tail) and not self._negative(codes)
        if others or denied or tail.endswith("?") or self.named(tail) - codes:
            return False
        return self._harmless(tail, codes) and not self._completes(tail, codes)

    def _completes(self, tail: str, codes: set[str]) -> bool:
        """Whether a tail makes the label of another option: "satisfied, very"."""
        words = {option.code: set(bare(option.label).split()) for option in self.options}
        both = set(bare(tail).split()).union(*(words[code] for code in codes))
        return any(both == words[other] for other in words.keys() - codes)

    def _harmless(self, part: str, codes: set[str]) -> bool:
        """Whether a further sentence neither names another option nor takes the answer back."""
        if self.mentioned(part) - codes or declined(part):
            return False
        start = " ".join(bare(part).split()[:3])
        taken_back = re.match(r"(?:no|not|never|nope)\b", start) and not self._negative(codes)
        return not taken_back and REVERSAL.match(start) is None

    def _negative(self, codes: set[str]) -> bool:
        return all(
            _NEGATIVE_LABEL.search(bare(option.label))
            for option in self.options
            if option.code in codes
        )

    def read_many(self, text: str) -> tuple[str, ...] | None:
        """Codes, in shown order, of the options that a reply lists; None if not certain.

        "All of them" means every option but exclusive and missing ones; "none of them" the
        exclusive option that says so, or no option at all.
        """
        if len(text) > _MAX_TEXT:
            return None
        if (codes := self._everything_or_nothing(text)) is not None:
            return codes
        lines = plain(text).splitlines()
        if len(lines) > 1 or not self._listed(plain(text)):
            lines = _without_bullets(lines)
        found = self._listed("\n".join(lines))
        rest: list[str] = []
        if not found:
            for line in lines:
                for part in (line,) if self._listed(line) else sentences(line):
                    listed = self._listed(part)
                    found |= listed
                    if not listed:
                        rest.append(part)
        if not found or not all(self._harmless(part, found) for part in rest):
            return None
        return self.in_order(found)

    def in_order(self, codes: Sequence[str] | set[str]) -> tuple[str, ...]:
        """Codes in the order shown."""
        return tuple(option.code for option in self.options if option.code in codes)

    def _everything_or_nothing(self, text: str) -> tuple[str, ...] | None:
        if len(self.named(text)) == 1:
            return None
        for core in unwrapped(text):
            if _ALL.fullmatch(core) and not (core.startswith("both") and len(self.options) != 2):
                free = (o for o in self.options if not o.exclusive and o.missing is None)
                return tuple(option.code for option in free)
            if _NONE.fullmatch(core):
                says_none = [o for o in self.options if _NONE_LABEL.fullmatch(bare(o.label))]
                return tuple(option.code for option in says_none) if len(says_none) < 2 else None
        return None

    def _listed(self, text: str) -> set[str]:
        """Codes of a text that is a list of options from end to end; empty otherwise."""
        for core in (text, *unwrapped(text)):
            core = core.removeprefix("both ") if " and " in core else core
            spaced = re.fullmatch(r"[a-z\d](?: [a-z\d])+", core)
            if codes := self._list(core.replace(" ", ", ") if spaced else core, {}):
                return codes
        return set()

    def _list(self, text: str, seen: dict[str, set[str]]) -> set[str]:
        if text not in seen:
            seen[text] = set()
            seen[text] = self._head_and_tail(text, seen)
        return seen[text]

    def _head_and_tail(self, text: str, seen: dict[str, set[str]]) -> set[str]:
        if len(codes := self.named(text)) == 1:
            return codes
        cuts = list(_LIST.finditer(text))
        if len(cuts) > _MAX_CUTS:
            return set()
        # Longest head first, so that "bread and butter" is found before "bread".
        for cut in reversed(cuts):
            head, tail = text[: cut.start()], text[cut.end() :]
            if len(codes := self.named(head)) == 1 and (more := self._list(tail, seen)):
                return codes | more
        return set()


def _without_bullets(lines: list[str]) -> list[str]:
    """Lines without dashes, and without numbers that merely count them."""
    lines = [_DASH.sub("", line) for line in lines]
    counted = [_COUNT.match(line) for line in lines]
    if [found and int(found[1]) for found in counted] == list(range(1, len(lines) + 1)):
        return [_COUNT.sub("", line) for line in lines]
    return lines
