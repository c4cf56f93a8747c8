"""What a run will take, found by rehearsing a few of its interviews at no cost."""

from collections.abc import Sequence
from typing import NamedTuple

from simulacra.domain.run import Cell, Interview, RunSpec
from simulacra.runs.interview import conduct
from simulacra.runs.work import OpeningFor, RespondentFor

REHEARSED = 5
"""Interviews that are rehearsed, evenly spread over the plan."""


class Forecast(NamedTuple):
    """The size of a run; re-asks, checks of suspect replies and repeats are not foreseen.

    ``seconds`` are those of waiting, with as many interviews at once as planned; ``rehearsed`` the
    interviews on which all but the first two figures rest.
    """

    interviews: int
    cells: int
    calls: int
    tokens_in: int
    tokens_cached: int
    tokens_out: int
    cost: float
    seconds: float
    rehearsed: int


Sums = dict[str, float]
"""Calls, tokens, cost and seconds added up."""


def _nothing() -> Sums:
    return dict.fromkeys(
        ("calls", "tokens_in", "tokens_cached", "tokens_out", "cost", "seconds"), 0.0
    )


async def forecast(
    spec: RunSpec,
    interviews: Sequence[Interview],
    respondent_for: RespondentFor,
    *,
    temperature: float,
    at_once: int,
    opening_for: OpeningFor | None = None,
) -> Forecast:
    """Rehearse some interviews and multiply; ``respondent_for`` gives people on a rehearsal model.

    Raises:
        SimulacraError: an interview cannot be conducted at all.
    """
    chosen = _spread(interviews, REHEARSED)
    sums, once = _nothing(), _nothing()
    for interview in chosen:
        respondent = respondent_for(interview.persona)
        opening = opening_for(respondent, interview) if opening_for else None
        async for cell in conduct(
            spec, interview, respondent, temperature=temperature, finished={}, opening=opening
        ):
            if isinstance(cell, Cell) and cell.replies:
                _add(sums, once, cell)
    share = len(interviews) / max(1, len(chosen))

    def whole(name: str) -> float:
        return sums[name] * share + once[name]

    return Forecast(
        interviews=len(interviews),
        cells=len(interviews) * len(spec.instrument.answerable),
        calls=round(whole("calls")),
        tokens_in=round(whole("tokens_in")),
        tokens_cached=round(whole("tokens_cached")),
        tokens_out=round(whole("tokens_out")),
        cost=whole("cost"),
        seconds=whole("seconds") / max(1, min(at_once, len(interviews))),
        rehearsed=len(chosen),
    )


def _add(sums: Sums, once: Sums, cell: Cell) -> None:
    """The first reply counts: a rehearsal may say what cannot be read.

    What is put to nobody in particular (a prior) is bought once for all respondents.
    """
    reply = cell.replies[0]
    for call in reply.calls:
        if call.attempts:
            into = once if "prior" in call.request.prompt_name else sums
            into["calls"] += 1
            into["tokens_in"] += call.usage.tokens_in
            into["tokens_cached"] += call.usage.tokens_cached
            into["tokens_out"] += call.usage.tokens_out
            into["cost"] += call.cost
    sums["seconds"] += reply.seconds


def _spread(interviews: Sequence[Interview], many: int) -> list[Interview]:
    if len(interviews) <= many:
        return list(interviews)
    return [interviews[at * len(interviews) // many] for at in range(many)]
