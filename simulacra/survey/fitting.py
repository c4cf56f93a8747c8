"""What a reply states becomes an answer where it fits: codes, ranks, shares, numbers."""

import math

from simulacra.domain.answer import Answer, Missing, MissingCode, Response
from simulacra.domain.survey import Kind, Question


def unreadable(detail: str) -> Missing:
    """Nothing that can be read for certain, and why."""
    return Missing(code=MissingCode.UNREADABLE, detail=detail)


def declining(question: Question, why: MissingCode) -> Missing:
    """Who declines has that missing code; a required item cannot be skipped."""
    if why == MissingCode.SKIPPED and question.required:
        return unreadable("the item is required and cannot be skipped")
    return Missing(code=why, detail=why.label)


def selected(question: Question, codes: tuple[str, ...]) -> Response:
    """Codes that fit the question become the answer; a missing option its missing code."""
    options = {option.code: option for option in question.options}
    if strangers := [code for code in codes if code not in options]:
        return unreadable(f"not an option: {', '.join(strangers)}"[:200])
    if len(codes) == 1 and (missing := options[codes[0]].missing) is not None:
        return Missing(code=MissingCode(missing), detail=options[codes[0]].label)
    if question.kind == Kind.RANKING:
        return ranked(question, codes)
    if question.kind != Kind.MULTI and len(codes) != 1:
        return unreadable(f"{len(codes)} options on an item that takes one")
    alone = [code for code in codes if options[code].exclusive or options[code].missing is not None]
    if alone and len(codes) > 1:
        return unreadable(f"option {alone[0]} excludes the others")
    if question.kind == Kind.MULTI and question.choose and not alone:
        least, most = question.choose
        if not least <= len(codes) <= most:
            return unreadable(f"{len(codes)} options chosen, {least} to {most} asked for")
    return Answer(codes=tuple(code for code in question.order if code in codes))


def ranked(question: Question, codes: tuple[str, ...]) -> Response:
    """Codes from the first rank to the last, as many as are asked for."""
    least, most = ranks(question)
    if not least <= len(codes) <= most:
        return unreadable(f"{len(codes)} options ranked, {least} to {most} asked for")
    return Answer(codes=codes)


def ranks(question: Question) -> tuple[int, int]:
    """How many options are to be ranked: all, unless the question says otherwise."""
    return question.choose or (len(question.options), len(question.options))


def shares_given(question: Question, shares: dict[str, float]) -> Response:
    """Shares that fit the question become the answer; options left out have none of it."""
    amounts = {code: shares.get(code, 0.0) for code in question.order}
    if not all(math.isfinite(one) for one in amounts.values()):
        return unreadable("a share is no finite number")
    least = 0.0 if question.minimum is None else question.minimum
    if strange := [code for code, one in amounts.items() if one < least]:
        return unreadable(f"the share of {strange[0]} is below {least:g}")
    total = math.fsum(amounts.values())
    if question.total is not None and abs(total - question.total) > 1e-6 * abs(question.total):
        return unreadable(f"the shares add up to {total:g}, {question.total:g} is asked for")
    return Answer(amounts=amounts)


def number_given(question: Question, value: float) -> Response:
    """A number within the bounds of the question and on its steps."""
    if value != value or value in (float("inf"), float("-inf")):
        return unreadable("not a finite number")
    if question.minimum is not None and value < question.minimum:
        return unreadable(f"{value:g} is below {question.minimum:g}")
    if question.maximum is not None and value > question.maximum:
        return unreadable(f"{value:g} is above {question.maximum:g}")
    if question.step is not None and not _on_grid(question, value):
        return unreadable(f"{value:g} is between the steps of {question.step:g}")
    return Answer(number=value)


def _on_grid(question: Question, value: float) -> bool:
    steps = (value - (question.minimum or 0.0)) / (question.step or 1.0)
    return abs(steps - round(steps)) < 1e-6
