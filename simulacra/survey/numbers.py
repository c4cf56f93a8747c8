"""Numbers in replies: digits or words, with units and "about", but never one picked from many."""

import math
import re

from text_to_num import text2num

from simulacra.survey.words import NEGATION, REVERSAL, bare, plain, sentences, unwrapped

# Languages that write 3,5 and 1.234; and those whose number words can be read.
_DECIMAL_COMMA = frozenset((
    "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "cs", "da", "fi", "sv", "no", "nb", "tr",
    "uk", "ro", "el", "hu", "bg",
))  # fmt: skip
_WORD_LANGUAGES = frozenset(("fr", "es", "pt", "de", "it", "nl", "ru", "ca"))

_WORD = (
    r"(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen"
    r"|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fourty|fifty|sixty|seventy"
    r"|eighty|ninety|hundred|thousand|million|billion)"
)
_FRACTION = (
    r"hal(?:f|ves)|quarters?|thirds?|fourths?|fifths?|sixths?|sevenths?|eighths?|ninths?|tenths?"
    r"|hundredths?|thousandths?"
)
_RUN = re.compile(rf"\b{_WORD}(?:(?:-| and | ){_WORD})*\b")
_LEFTOVER = re.compile(rf"\b{_WORD}\b|\b(?:{_FRACTION}|dozens?|couple|few|several|hundreds)\b")
_SCALES = {"k": 1e3, "thousand": 1e3, "million": 1e6, "billion": 1e9}

_LEAD = re.compile(
    r"(?:(?:i|we)(?:'ve| have)?(?: got)? (?:have|own|work|earn|make|spend|sleep|got|turned|weigh)"
    r"|(?:i|we) have|i've|we've|(?:i am|i'm|we are|we're)|there (?:are|is|were)"
    r"|it (?:was|took|takes)|in|i (?:just )?turned|aged?"
    r"|my (?:age|height|weight|income|salary|answer|guess|estimate|number|score|rating)"
    r"(?: is| was| would be|:)|the (?:number|total|answer)(?: is| was|:)|a total of|exactly|just"
    r"|only|total:?|still|currently|now|yes,|about|around|roughly|approximately|approx|circa|ca"
    r"|some|maybe|perhaps|probably|something like|my best guess is)[,.:]?\s+"
)
_BORN = re.compile(r"\b(?:i was )?born in (?=\d)")
_TRAIL = re.compile(r",? (?:or so|more or less|give or take|roughly|approximately|in total|now)$")
_DIGITS = r"(?:\d{1,3}(?:[ ,']\d{3})+|\d+)(?:\.\d+)?|\.\d+"
_UNIT = r"(?:%|°|°c|°f|kg|g|km|cm|mm|m²|h|hrs?|yrs?|y|€|\$|£|¥|k)"
_NUMBER = re.compile(
    rf"(?P<currency>[$€£¥])?\s?(?P<sign>[-+])?\s?(?P<again>[$€£¥])?(?P<digits>{_DIGITS})"
    rf"(?P<unit>{_UNIT})?(?P<tail>(?: (?:[^\W\d_]|[%°€$£¥/'’²³-])+){{0,4}})"
)
_NOT_UNITS = frozenset((
    "to", "or", "and", "but", "not", "no", "than", "between", "next", "last", "ago", "plus",
    "minus", "from", "until", "till", "if", "other", "something", "ish", "odd", "more", "less",
    "fewer", "over", "under", "above", "below", "at", "least", "most", "up", "maybe", "point",
    "half", "quarter", "dozen", "dozens", "couple", "few", "several", "hundred", "hundreds",
    "thousands", "-", "/", "too", "max", "maximum", "min", "minimum", "tops", "squared", "cubed",
))  # fmt: skip


def read_number(text: str, language: str = "en", about: str = "") -> float | None:
    """The one number that a reply states, or None.

    Read are digits ("1,200", "-5", "42 years old", "40%", "2k") and English words ("forty-two",
    "two point five", "three and a half"), also after "about". None for ranges, limits ("over
    40"), two numbers, dates and a number that the reply only mentions in passing. In languages
    that write a decimal comma, "3,5" is 3.5 and "1.234" is 1234.
    """
    if (
        language[:2] in _WORD_LANGUAGES
        and (found := _spelled(bare(text), language[:2])) is not None
    ):
        return found
    text = words_to_digits(_decimal_points(plain(text), language))
    if len(text) > 1000 or len(re.findall(r"\d+(?:[.,' ]\d+)*", text)) != 1:
        return None
    if re.search(r"\b(?:born|birth)\b", about.casefold()):
        text = _BORN.sub("", text)
    for line in text.splitlines():
        for part in (line, *sentences(line)):
            if (value := _stated(part)) is not None:
                return value
    return None


def words_to_digits(text: str) -> str:
    """English number words of a plain text as digits; what cannot be read stays as it is."""
    text = re.sub(r"\ban? (?=(?:hundred|thousand|million)\b)", "one ", text)
    text = re.sub(r"\b(\d+(?:\.\d+)?) (thousand|million|billion)\b", _scaled, text)
    text = _RUN.sub(lambda run: _digits_of(run[0]), text)
    text = re.sub(r"\b(\d+) point (\d+)\b", r"\1.\2", text)
    text = re.sub(r"\b(\d+) and a half\b", r"\1.5", text)
    return re.sub(r"\b(?:minus|negative) (?=\d)", "-", text)


def _digits_of(run: str) -> str:
    found = _spelled(run.replace("-", " ").replace("fourty", "forty"), "en")
    return run if found is None else format_number(found)


def _spelled(text: str, language: str) -> float | None:
    try:
        return float(text2num(text, language))
    except (ValueError, KeyError):
        return None


def _scaled(found: re.Match[str]) -> str:
    return format_number(float(found[1]) * _SCALES[found[2]])


def format_number(value: float) -> str:
    """A number as people write it: no needless decimals."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def _decimal_points(text: str, language: str) -> str:
    if language[:2] not in _DECIMAL_COMMA:
        return text
    text = re.sub(r"(?<=\d)\.(?=\d{3}(?:\D|$))", "", text)
    return re.sub(r"(?<=\d),(?=\d)", ".", text)


def _stated(part: str) -> float | None:
    """The number of a sentence that says nothing else, or says it first."""
    clauses = [part]
    if ", " in part:
        head, tail = part.split(", ", 1)
        if not (NEGATION.search(tail) or REVERSAL.search(tail) or _LEFTOVER.search(tail)):
            clauses.append(head)
    for clause in clauses:
        for core in unwrapped(clause):
            if (value := _alone(_without_leads(core))) is not None:
                return value
    return None


def _without_leads(core: str) -> str:
    while found := _LEAD.match(core):
        core = core[found.end() :]
    return _TRAIL.sub("", core)


def _alone(core: str) -> float | None:
    found = _NUMBER.fullmatch(core)
    if found is None or _LEFTOVER.search(found["tail"]):
        return None
    if any(word in _NOT_UNITS for word in found["tail"].split()):
        return None
    value = float(re.sub(r"[ ,']", "", found["digits"]))
    value *= _SCALES["k"] if found["unit"] == "k" else 1
    value = -value if found["sign"] == "-" else value
    return value if math.isfinite(value) else None
