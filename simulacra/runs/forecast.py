"""What a run will take, found by rehearsing a few of its interviews at no cost."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from simulacra.domain.run import Cell, Interview, RunSpec
from simulacra.runs.interview import conduct
from simulacra.runs.work import OpeningFor, RespondentFor

REHEARSED = 5
"""Interviews that are rehearsed at least, evenly spread over the plan."""


class Forecast(NamedTuple):
    """The size of a run; re-asks, checks of suspect replies and repeats are not foreseen.

    ``seconds`` are those of waiting, with as many interviews at once as planned; ``rehearsed`` the
    interviews on which all but the first two figures rest. ``waves`` are the batches that come one
    after the other where requests go in batches, else 0: how long each of them takes is the
    service's affair, and ``seconds`` are 0. ``unpriced`` are the models that are paid for at
    unknown prices, whose cost is not in ``cost``.
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
    waves: int = 0
    unpriced: tuple[str, ...] = ()


def together(sizes: Sequence[Forecast]) -> Forecast:
    """What several runs take, one after the other."""
    fields = [name for name in Forecast._fields if name != "unpriced"]
    sums = {name: sum(getattr(one, name) for one in sizes) for name in fields}
    unpriced = dict.fromkeys(name for one in sizes for name in one.unpriced)
    return Forecast(**sums, unpriced=tuple(unpriced))


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

    Some of each condition are rehearsed, or of each model where there are many conditions, and
    each counts for its own.

    Raises:
        SimulacraError: an interview cannot be conducted at all.
    """
    whole, once = _nothing(), _nothing()
    rehearsed = waves = 0
    strata = _strata(spec, interviews)
    for stratum in strata.values():
        chosen = _spread(stratum, -(-REHEARSED // len(strata)))
        rehearsed += len(chosen)
        sums = _nothing()
        for interview in chosen:
            respondent = respondent_for(interview.persona)
            opening = opening_for(respondent, interview) if opening_for else None
            stages = 0
            async for cell in conduct(
                spec, interview, respondent, temperature=temperature, finished={}, opening=opening
            ):
                if isinstance(cell, Cell) and cell.replies:
                    _add(sums, once, cell)
                    stages += _stages(cell)
            waves = max(waves, stages)
        for name, amount in sums.items():
            whole[name] += amount * len(stratum) / len(chosen)
    whole = {name: amount + once[name] for name, amount in whole.items()}
    return Forecast(
        interviews=len(interviews),
        cells=len(interviews) * len(spec.instrument.answerable),
        calls=round(whole["calls"]),
        tokens_in=round(whole["tokens_in"]),
        tokens_cached=round(whole["tokens_cached"]),
        tokens_out=round(whole["tokens_out"]),
        cost=whole["cost"],
        seconds=0.0 if spec.batch else whole["seconds"] / max(1, min(at_once, len(interviews))),
        rehearsed=rehearsed,
        waves=waves * -(-len(interviews) // spec.concurrency) if spec.batch else 0,
    )


def _strata(spec: RunSpec, interviews: Sequence[Interview]) -> Mapping[str, list[Interview]]:
    """The interviews by condition; by model where there are many conditions."""
    many = len(spec.design.conditions) > 2 * REHEARSED
    models = {one.name: one.model or spec.model for one in spec.design.conditions}
    found: dict[str, list[Interview]] = {}
    for one in interviews:
        key = models.get(one.condition, "") if many else one.condition
        found.setdefault(key, []).append(one)
    return found


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


def _stages(cell: Cell) -> int:
    """How many times an answer waits for a batch: the inner agents go together, then the reply."""
    agents = {call.request.agent for call in cell.replies[0].calls if call.attempts}
    return len({agent if agent == "top" else "inner" for agent in agents})


def _spread(interviews: Sequence[Interview], many: int) -> list[Interview]:
    if len(interviews) <= many:
        return list(interviews)
    return [interviews[at * len(interviews) // many] for at in range(many)]
