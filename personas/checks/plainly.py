"""What a reader noted of a story, in the forms that the checks compare.

A model that reads facts writes as people do: lengths in words, "the rains of 2021", two people in
one breath, a remark in brackets. What is meant stays; the story's words stand in the fact's span.
"""

import re
from collections.abc import Iterator

from text_to_num import alpha2digit

from personas.checks.vocabulary import relations
from personas.dates import dates_in
from simulacra.domain.persona import Fact

_KIN = ("parent_of", "sibling_of", "married_to", "partner_of")
_TRADES = ("works_as", "occupation_of_life")
_REMARK = re.compile(r"\s*\([^()]*\)")
_TWO = re.compile(r",\s*(?:and\s+)?|\s+and\s+")
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
# A date with one of these is a bound, or a guess, and no date.
_BOUND = re.compile(
    r"\b(?:about|around|circa|before|after|since|until|till|by|from|between|late|early|not)\b",
    re.IGNORECASE,
)
_SAID = r"(?:said|told|wrote|written|noted|thought|believed|supposed|claimed|guessed|swore|had it)"
_PAPER = r"(?:slip|word|account|note|guess|telling|version|claim|mistake|papers?|list|letter)s?"
# Whose word something is, behind a comma or in the place of a verb: "as a nurse wrote".
_REPORT = re.compile(
    rf"(?:^|[,;(]) ?(?:(?:or )?so|as) (?:[\w'’-]+ ){{1,5}}{_SAID}\b"
    rf"|(?:^|[,;(]) ?(?:by|on|in) (?:[\w'’-]+ ){{0,4}}[\w-]+['’]s? (?:[\w-]+ )?{_PAPER}\b"
    rf"|\b{_SAID} to (?:be|have)\b|\baccording to\b|\bby mistake\b"
    r"|\b(?:wrongly|mistakenly|falsely|allegedly|supposedly)\b",
    re.IGNORECASE,
)
_ONE = re.compile(
    r"\b(?:an?|one) (?=(?:whole |full )?(?:year|month|week|day|hour)\b)", re.IGNORECASE
)


def is_report(fact: Fact) -> bool:
    """Whether a fact says whose word it is ("AA, as a nurse wrote"), and so may be untrue."""
    return fact.relation != "acts" and _REPORT.search(fact.object) is not None


def plainly(fact: Fact) -> Iterator[Fact]:
    """The fact in plain forms: one, or one for each person of several that it names."""
    kind = relations().get(fact.relation)
    shape = kind.object if kind else ""
    told = fact.object
    if shape == "duration":
        told = alpha2digit(_ONE.sub("1 ", told), "en")
    elif shape == "date":
        told = _date(told)
    elif fact.relation in _TRADES:
        told = _REMARK.sub("", told).split(",")[0].strip() or told
    if fact.relation not in _KIN:
        yield fact if told == fact.object else fact.model_copy(update={"object": told})
        return
    for subject in _people(fact.subject):
        for other in _people(told):
            yield fact.model_copy(update={"subject": subject, "object": other})


def _people(text: str) -> list[str]:
    """The people that a text names; the text itself where that leaves nothing."""
    names = [one.strip() for one in _TWO.split(_REMARK.sub("", text))]
    # "His mother and father" are roles that lean on each other, not two names.
    if all(one[:1].isupper() for one in names if one):
        return [one for one in names if one] or [text]
    return [_REMARK.sub("", text).strip() or text]


def _date(text: str) -> str:
    """A date as ISO where a text tells just one; else the text."""
    if _BOUND.search(text):
        return text
    days = dates_in(text)
    if len(days) == 1:
        return next(iter(days)).isoformat()
    years = set(_YEAR.findall(text))
    if days or len(years) != 1 or re.search(r"\d{4}-\d", text):
        return text
    return str(years.pop())
