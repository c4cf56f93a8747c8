"""Piped text: ``${q://QID1/ChoiceGroup/SelectedChoices}`` and its kin become our pipes."""

import re

from simulacra.domain.survey import Kind
from simulacra.survey.formats.qsf.choices import Choice
from simulacra.survey.formats.qsf.document import text
from simulacra.survey.formats.qsf.locators import Locator, locator
from simulacra.survey.formats.qsf.loops import NUMBER
from simulacra.survey.formats.qsf.names import legal_code
from simulacra.survey.formats.qsf.shapes import Layout
from simulacra.survey.formats.qsf.targets import Reading, Target
from simulacra.survey.formats.qsf.wording import wording
from simulacra.survey.piping import escaped

PIPE = re.compile(r"\$\{([A-Za-z]+://[^{}]*)\}|\$e\{([^{}]*)\}")
_RANDOM = re.compile(r"int/(-?\d+):(-?\d+)")
_LONGEST = 2_000
_NOTHING = "…"  # stands where a pipe has no counterpart


def piped(reading: Reading, html: str, question: str, *, depth: int = 0) -> str:
    """The plain text of HTML with its pipes as ours; what has no counterpart is reported."""
    plain = wording(html).text
    parts: list[str] = []
    at = 0
    for found in PIPE.finditer(plain):
        parts += [escaped(plain[at : found.start()]), _pipe(reading, found, question, depth)]
        at = found.end()
    if hidden := [one[0] for one in PIPE.finditer(html) if one[0] not in plain]:
        why = "it stands inside the HTML, where nobody reads it"
        reading.note(question, "piped text", why, hidden)
    return "".join([*parts, escaped(plain[at:])])


def _pipe(reading: Reading, found: re.Match[str], question: str, depth: int) -> str:
    place = locator(found[1]) if found[1] else None
    ours = None if place is None else _ours(reading, place, found[1], depth)
    if ours is None:
        why = "there is no pipe for it here; … stands in its place"
        reading.note(question, "piped text", why, found[0])
        return _NOTHING
    return ours


def _ours(reading: Reading, place: Locator, written: str, depth: int) -> str | None:
    if place.scheme in ("e", "m") and place.name:
        return f"${{{reading.field(place.name)}}}"
    if place.scheme == "lm":
        return _of_loop(place)
    if place.scheme == "rand":
        found = _RANDOM.search(written)
        return f"${{random|{found[1]}|{found[2]}}}" if found else None
    target = reading.targets.get(place.name) if place.scheme == "q" else None
    if target is None:
        return None
    return _wording(reading, target, place, depth) or _answer(target, place)


def _of_loop(place: Locator) -> str | None:
    if place.name == "Field" and place.what:
        return f"${{loop|{legal_code(place.what)}}}"
    return f"${{loop|{NUMBER}}}" if place.name in ("CurrentLoopNumber", "CurrentLoop") else None


def _wording(reading: Reading, target: Target, place: Locator, depth: int) -> str | None:
    """A text of the question that is the same whatever was answered."""
    if depth > 0:  # a description inside another one could go on for ever
        return None
    if place.what == "QuestionText":
        return (
            f"${{{target.id}|text}}"
            if target.id and not target.rows
            else _said(reading, text(target.question.get("QuestionText")), target, depth)
        )
    if place.what == "QuestionDescription":
        return _said(reading, text(target.question.get("QuestionDescription")), target, depth)
    if place.what in ("AllChoices", "DisplayedChoices") and not place.ids:
        return ", ".join(_said(reading, one.display, target, depth) for one in target.choices)
    group = {"ChoiceDescription": target.choices, "AnswerDescription": target.answers}
    described = _choice(group.get(place.what, ()), place.ids)
    return _said(reading, described.display, target, depth) if described else None


def _choice(choices: tuple[Choice, ...], ids: tuple[str, ...]) -> Choice | None:
    return next((choice for choice in choices if ids and choice.id == ids[0]), None)


def _said(reading: Reading, html: str, target: Target, depth: int) -> str:
    if len(html) > _LONGEST:
        reading.note(
            reading.shown(target), "piped text", "it is too long to stand in another", html
        )
        return _NOTHING
    return piped(reading, html, reading.shown(target), depth=depth + 1)


def _answer(target: Target, place: Locator) -> str | None:
    if not target.id:
        return None
    how = {
        "SelectedChoices": "",
        "SelectedChoicesTextEntry": "",
        "SelectedAnswers": "",
        "SelectedAnswersTextEntry": "",
        "UnselectedChoices": "|unchosen",
        "SelectedChoicesRecode": "|code",
        "SelectedAnswerRecode": "|code",
        "ChoiceTextEntryValue": "",
        "ChoiceNumericEntryValue": "",
    }.get(place.what)
    if how is None:
        return None
    if not place.ids:
        return f"${{{target.id}{how}}}"
    if row := row_of(target, place.ids):
        return f"${{{row}{how}}}"
    code = target.codes.get(place.ids[0])
    if code is None or "|" in code or "}" in code:
        return f"${{{target.id}{how}}}" if target.shape.kind not in _PARTED else None
    return f"${{{target.id}|part:{code}}}" if "EntryValue" in place.what else None


_PARTED = (Kind.SINGLE, Kind.MULTI, Kind.RATING, Kind.RANKING, Kind.CONSTANT_SUM)


def row_of(target: Target, ids: tuple[str, ...]) -> str | None:
    """The item of the row that ids name, alone or with an answer; None where there is none."""
    if target.shape.layout is Layout.BEST_WORST:
        return target.rows.get(ids[-1])
    found = target.rows.get("/".join(ids)) or target.rows.get(ids[0])
    if found is None and len(ids) == 1:
        found = next((row for one, row in target.rows.items() if one.split("/")[0] == ids[0]), None)
    return found
