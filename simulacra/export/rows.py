"""A stored cell becomes a row of the long table, with how it came about."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from simulacra.domain.answer import Answer, Missing, Reply
from simulacra.domain.call import Call
from simulacra.domain.run import Cell, Interview

Value = int | float | str | None


def tidy(number: float, digits: int | None = None) -> int | float:
    """A number without needless decimals, rounded where ``digits`` is given."""
    number = number if digits is None else round(number, digits)
    return int(number) if number == int(number) and abs(number) < 1e15 else number


class LongColumn(NamedTuple):
    """A column of the long table."""

    name: str
    kind: type
    label: str


LONG_COLUMNS = (
    LongColumn("respondent_id", str, "Simulated respondent"),
    LongColumn("persona_id", str, "Persona that answers"),
    LongColumn("run_id", str, "Run"),
    LongColumn("condition", str, "Experimental condition"),
    LongColumn("replicate", int, "Replicate of the persona, from 1"),
    LongColumn("item_id", str, "Item"),
    LongColumn("attempt", int, "Try of this cell; the highest one counts in the wide table"),
    LongColumn("sequence", int, "Place at which it came, from 1; empty where it was not asked"),
    LongColumn("kind", str, "Kind of item"),
    LongColumn("question", str, "Wording as shown"),
    LongColumn("order_shown", str, "Codes of the options in the order shown, joined by |"),
    LongColumn("value", str, "Answer: code, codes joined by |, code=amount, number, text or date"),
    LongColumn("label", str, "Label of the answer, several joined by ;"),
    LongColumn("other_text", str, "JSON: words said with an option, by its code"),
    LongColumn("missing", int, "Missing code, -99 to -94; empty where there is an answer"),
    LongColumn("missing_reason", str, "What the missing code means"),
    LongColumn("missing_detail", str, "Why the answer is missing, in words"),
    LongColumn("raw", str, "The reply that counts, as it came"),
    LongColumn("raw_first", str, "The reply before a re-ask; empty without one"),
    LongColumn("reasked", int, "1 where the item was put a second time"),
    LongColumn("agents", str, "Agents that made model calls, in order of first use"),
    LongColumn("emotion_call", str, "What the emotion agent's call returned"),
    LongColumn("planning_call", str, "What the planning agent's call returned"),
    LongColumn("valence", float, "Feeling from -1 (unpleasant) to 1 (pleasant)"),
    LongColumn("arousal", float, "Feeling from 0 (calm) to 1 (excited)"),
    LongColumn("feeling", str, "The feeling in the person's words"),
    LongColumn("emotions", str, "JSON: named emotions, 0 to 10"),
    LongColumn("emotion_sources", str, "JSON: what called up a named emotion"),
    LongColumn("plan", str, "How the person meant to answer"),
    LongColumn("memories", str, "Ids of the memories recalled, best first"),
    LongColumn("probabilities", str, "JSON: the model's probability of each option by code"),
    LongColumn("prompt_hashes", str, "Prompts used, as name:hash, in order of first use"),
    LongColumn("model", str, "Model that answered"),
    LongColumn("fingerprint", str, "Fingerprint of the model"),
    LongColumn("temperature", float, "Sampling temperature"),
    LongColumn("seed", int, "Seed of the cell"),
    LongColumn("page", str, "Asked together with this item, in whose row calls and costs stand"),
    LongColumn("calls", int, "Model calls, those before a re-ask or a failure included"),
    LongColumn("tokens_in", int, "Prompt tokens, summed over calls"),
    LongColumn("tokens_out", int, "Generated tokens, summed over calls"),
    LongColumn("tokens_cached", int, "Prompt tokens that the provider had already"),
    LongColumn("latency_s", float, "Seconds of waiting, summed over calls"),
    LongColumn(
        "recall_latency_s", float, "Seconds of recalling memories, which makes no model call"
    ),
    LongColumn("attempts", int, "Network tries, summed over calls"),
    LongColumn("cost", float, "US dollars, summed over calls"),
    LongColumn("answered_at", str, "When the answer was stored, ISO 8601 in UTC"),
    LongColumn("simulated", int, "Always 1: the respondent is simulated"),
)


_encoded = json.JSONEncoder(ensure_ascii=False).encode


def long_row(
    run_id: str, interview: Interview, cell: Cell, shared: Sequence[Call] = ()
) -> list[Value]:
    """One try of one cell, in the order of ``LONG_COLUMNS``.

    ``shared`` are the calls of another item's row that brought this answer as well: they are named
    here and counted there.
    """
    reply = cell.reply or Reply(text="")
    values: dict[str, Value] = {
        "respondent_id": interview.id,
        "persona_id": interview.persona.id,
        "run_id": run_id,
        "condition": interview.condition,
        "replicate": interview.replicate,
        "item_id": cell.item_id,
        "attempt": cell.attempt,
        "sequence": cell.sequence,
        "kind": str(cell.question.kind),
        "question": cell.question.shown,
        "order_shown": "|".join(cell.question.order),
        **_response_values(cell),
        "raw": reply.text,
        "raw_first": cell.replies[0].text if len(cell.replies) > 1 else "",
        "reasked": int(len(cell.replies) > 1),
        **_mind_values(reply, cell, cell.calls or shared),
        "temperature": tidy(cell.temperature, 6),
        "seed": cell.seed,
        "page": page_of(cell),
        **_call_values(cell.calls),
        "recall_latency_s": tidy(sum(one.recall_seconds for one in cell.replies), 6),
        "answered_at": _iso(cell.answered_at),
        "simulated": 1,
    }
    return [values[column.name] for column in LONG_COLUMNS]


def _iso(moment: datetime | None) -> str:
    return "" if moment is None else moment.isoformat(timespec="milliseconds")


def _response_values(cell: Cell) -> dict[str, Value]:
    response = cell.response
    if isinstance(response, Missing):
        return {
            "value": "",
            "label": "",
            "other_text": "",
            "missing": int(response.code),
            "missing_reason": response.code.label,
            "missing_detail": "" if response.detail == response.code.label else response.detail,
        }
    labels = {option.code: option.label for option in cell.question.options}
    return {
        "value": answer_text(response),
        "label": "; ".join(labels.get(code, code) for code in response.codes),
        "other_text": _json(response.texts),
        "missing": None,
        "missing_reason": "",
        "missing_detail": "",
    }


def answer_text(answer: Answer) -> str:
    """An answer as one text: code, codes joined by |, code=amount, number, text or date."""
    if answer.number is not None:
        return str(tidy(answer.number))
    if answer.amounts:
        return "|".join(f"{code}={tidy(amount)}" for code, amount in answer.amounts.items())
    return answer.text if answer.text is not None else "|".join(answer.codes)


def page_of(cell: Cell) -> str:
    """The item whose row holds the calls that brought this answer too; "" where its own does."""
    return next((one.page for one in cell.replies if one.page not in ("", cell.item_id)), "")


def shared_calls(cells: Sequence[Cell]) -> dict[str, tuple[Call, ...]]:
    """The calls that brought the answers of several items of an interview, by the first of them."""
    return {
        cell.item_id: calls
        for cell in cells
        for reply in cell.replies
        if reply.page == cell.item_id and (calls := reply.calls)
    }


def _mind_values(reply: Reply, cell: Cell, calls: Sequence[Call]) -> dict[str, Value]:
    chances = reply.probabilities
    feeling = reply.emotion
    return {
        "agents": "+".join(_distinct(call.request.agent for call in calls)),
        "emotion_call": _said(cell, "emotion"),
        "planning_call": _said(cell, "planning"),
        "valence": None if feeling is None else tidy(feeling.valence, 4),
        "arousal": None if feeling is None else tidy(feeling.arousal, 4),
        "feeling": "" if feeling is None else feeling.feeling,
        "emotions": _json(
            {name: tidy(level, 1) for name, level in feeling.intensities.items()} if feeling else {}
        ),
        "emotion_sources": _json(feeling.sources if feeling else {}),
        "plan": "" if reply.plan is None else str(reply.plan),
        "memories": " ".join(recalled.memory.id for recalled in reply.recalled),
        "probabilities": _json({code: round(one, 6) for code, one in (chances or {}).items()}),
        "prompt_hashes": " ".join(
            _distinct(
                f"{c.request.prompt_name}:{c.request.prompt_hash}"
                for c in calls
                if c.request.prompt_hash  # an embedder has no prompt
            )
        ),
        "model": calls[-1].model if calls else "",
        "fingerprint": calls[-1].fingerprint if calls else "",
    }


def _call_values(calls: Sequence[Call]) -> dict[str, Value]:
    return {
        "calls": len(calls),
        "tokens_in": sum(call.usage.tokens_in for call in calls),
        "tokens_out": sum(call.usage.tokens_out for call in calls),
        "tokens_cached": sum(call.usage.tokens_cached for call in calls),
        "latency_s": tidy(sum(call.latency for call in calls), 3),
        "attempts": sum(call.attempts for call in calls),
        "cost": tidy(sum(call.cost for call in calls), 8),
    }


def _json(values: Mapping[Any, Any]) -> str:
    """Names with values; "" where there is none."""
    return _encoded(dict(values)) if values else ""


def _distinct(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _said(cell: Cell, agent: str) -> str:
    """What an agent's calls returned at the latest asking that made any."""
    for calls in reversed((*(reply.calls for reply in cell.replies), cell.unanswered)):
        if said := [call.reply for call in calls if call.request.agent == agent]:
            return "\n".join(said)
    return ""
