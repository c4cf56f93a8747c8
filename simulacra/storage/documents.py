"""Cells of a run, and calls of any kind, to rows and back.

What comes back again and again (messages, questions, schemas, recalled memories) becomes a text
stored once; rows refer to it by hash. Values of the domain are valid by construction, so writing
dumps them and checks nothing again.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from simulacra.domain.answer import Missing, MissingCode, Reply
from simulacra.domain.call import Call
from simulacra.domain.run import Abandoned, Cell
from simulacra.errors import StorageError

Row = dict[str, Any]
Record = Mapping[Any, Any]
"""A row as it was read: column to value."""

CellKey = tuple[str, int, int]
"""Interview id, item position, attempt."""

_CALL_COLUMNS: dict[str, Any] = {
    "usage": True,
    "latency": True,
    "cost": True,
    "request": {"agent", "messages", "output"},
}


class Rows(NamedTuple):
    """What outcomes become: rows of answers, calls and abandoned calls, and texts by hash."""

    answers: list[Row]
    calls: list[Row]
    abandoned: list[Row]
    texts: dict[str, str]


class Totals(NamedTuple):
    """What outcomes add to the counters of a run.

    ``failed`` counts technical failures, ``calls`` every attempt, ``tokens`` those in and out,
    ``cost`` US dollars.
    """

    done: int = 0
    missing: int = 0
    failed: int = 0
    calls: int = 0
    tokens: int = 0
    cost: float = 0.0


def key_of(cell: Cell) -> CellKey:
    """What makes a cell's row unique in its run."""
    return cell.interview_id, cell.position, cell.attempt


def totals(outcomes: Iterable[Cell | Abandoned]) -> Totals:
    """What these outcomes add; a later attempt stands in place of a technical failure.

    Calls whose result was kept from before were not sent and add nothing.
    """
    done = missing = failed = calls = tokens = 0
    cost = 0.0
    for outcome in outcomes:
        if isinstance(outcome, Cell):
            first = outcome.attempt == 1
            done += first
            missing += isinstance(outcome.response, Missing) - (not first)
            failed += is_failure(outcome) - (not first)
        for call in outcome.calls:
            if call.attempts:
                calls += call.attempts
                tokens += call.usage.tokens_in + call.usage.tokens_out
                cost += call.cost
    return Totals(done, missing, failed, calls, tokens, cost)


def is_failure(cell: Cell) -> bool:
    """Whether a cell is a technical failure."""
    response = cell.response
    return isinstance(response, Missing) and response.code is MissingCode.TECHNICAL


def failures_in_row(outcomes: Iterable[Cell | Abandoned]) -> tuple[bool, int]:
    """Whether these outcomes go on with a row of failures from before, and how many they add.

    Cells that were not asked neither end a row nor lengthen it, nor do those that failed before:
    a few that fail always would keep a run from all others.
    """
    goes_on, number = True, 0
    for outcome in outcomes:
        if not isinstance(outcome, Cell):
            continue
        if is_failure(outcome):
            number += outcome.attempt == 1
        elif outcome.replies:
            goes_on, number = False, 0
    return goes_on, number


def to_rows(run_id: str, outcomes: Sequence[Cell | Abandoned]) -> Rows:
    """The rows of some outcomes of one run."""
    rows = Rows([], [], [], {})
    for cell in outcomes:
        if isinstance(cell, Abandoned):
            rows.abandoned.extend(_abandoned(run_id, cell, rows.texts))
            continue
        key = {
            "run_id": run_id,
            "interview_id": cell.interview_id,
            "position": cell.position,
            "attempt": cell.attempt,
        }
        response = cell.response
        rows.answers.append(
            {
                **key,
                "item_id": cell.item_id,
                "missing": int(response.code) if isinstance(response, Missing) else None,
                "seed": cell.seed,
                "temperature": cell.temperature,
                "question": kept_text(cell.question.model_dump_json(), rows.texts),
                "response": dump(response.model_dump(exclude_defaults=True)),
                "replies": dump([_reply(reply, rows.texts) for reply in cell.replies]),
                "sequence": cell.sequence,
                "recall_seconds": sum(reply.recall_seconds for reply in cell.replies),
            }
        )
        askings = (*(reply.calls for reply in cell.replies), cell.unanswered)
        for place, calls in enumerate(askings):
            for number, call in enumerate(calls):
                row = call_row(call, rows.texts)
                rows.calls.append({**key, "reply": place, "number": number, **row})
    return rows


def _abandoned(run_id: str, given_up: Abandoned, texts: dict[str, str]) -> Iterator[Row]:
    key = {"run_id": run_id, **given_up.model_dump(exclude={"calls"})}
    for call in given_up.calls:
        yield {**key, **call_row(call, texts)}


def _reply(reply: Reply, texts: dict[str, str]) -> Row:
    document = reply.model_dump(exclude={"calls", "recalled"}, exclude_defaults=True)
    if reply.recalled:
        document["recalled"] = [
            (
                kept_text(one.memory.model_dump_json(exclude_defaults=True), texts),
                one.score,
                one.why,
            )
            for one in reply.recalled
        ]
    return document


def call_row(call: Call, texts: dict[str, str]) -> Row:
    """The columns of a call; its texts go into ``texts`` by hash."""
    request = call.request
    document = call.model_dump(exclude=_CALL_COLUMNS, exclude_defaults=True)
    document["messages"] = [
        (message.role, kept_text(dump(message.text), texts)) for message in request.messages
    ]
    if request.output is not None:
        document["output"] = kept_text(dump(request.output.model_dump()), texts)
    return {
        "agent": request.agent,
        "tokens_in": call.usage.tokens_in,
        "tokens_out": call.usage.tokens_out,
        "tokens_cached": call.usage.tokens_cached,
        "latency": call.latency,
        "cost": call.cost,
        "document": dump(document),
    }


def kept_text(text: str, texts: dict[str, str]) -> str:
    """The hash under which a text is kept: 128 bits of its SHA-256."""
    digest = hashlib.sha256(text.encode()).hexdigest()[:32]
    texts[digest] = text
    return digest


def dump(value: Any) -> str:
    """A value as the JSON that columns hold."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Parsed(NamedTuple):
    """A row of answers with its rows of calls, documents parsed, texts still as hashes."""

    row: Record
    replies: list[Row]
    calls: dict[int, list[tuple[Record, Row]]]


def parsed(answers: Iterable[Record], calls: Iterable[Record]) -> list[Parsed]:
    """Rows of answers, in their order, each with its calls (given in order of their number)."""
    by_cell: dict[CellKey, dict[int, list[tuple[Record, Row]]]] = {}
    for call in calls:
        key = (call["interview_id"], call["position"], call["attempt"])
        of_cell = by_cell.setdefault(key, defaultdict(list))
        of_cell[call["reply"]].append((call, json.loads(call["document"])))
    return [
        Parsed(
            row,
            json.loads(row["replies"]),
            by_cell.get((row["interview_id"], row["position"], row["attempt"]), {}),
        )
        for row in answers
    ]


def hashes(found: Iterable[Parsed]) -> set[str]:
    """Every text that rows refer to."""
    wanted: set[str] = set()
    for one in found:
        wanted.add(one.row["question"])
        wanted.update(entry[0] for reply in one.replies for entry in reply.get("recalled", ()))
        for calls in one.calls.values():
            for _, document in calls:
                wanted |= call_hashes(document)
    return wanted


def call_hashes(document: Row) -> set[str]:
    """The texts that the document of a call refers to."""
    output = {document["output"]} if "output" in document else set()
    return output | {digest for _, digest in document["messages"]}


def to_cell(found: Parsed, texts: Mapping[str, str]) -> Cell:
    """The cell that rows stand for.

    Raises:
        StorageError: a text that a row refers to is gone.
    """
    row, at = found.row, found.row["answered_at"]
    try:
        question = json.loads(texts[row["question"]])
        replies = [
            _whole_reply(reply, found.calls.get(place, []), texts)
            for place, reply in enumerate(found.replies)
        ]
        unanswered = [
            whole_call(call, document, texts)
            for call, document in found.calls.get(len(replies), ())
        ]
    except KeyError as error:
        raise StorageError(
            f"the database is damaged: text {error} of interview {row['interview_id']} is gone"
        ) from None
    return Cell.model_validate(
        {
            "interview_id": row["interview_id"],
            "item_id": row["item_id"],
            "position": row["position"],
            "attempt": row["attempt"],
            "question": question,
            "replies": replies,
            "unanswered": unanswered,
            "response": json.loads(row["response"]),
            "sequence": row["sequence"],
            "seed": row["seed"],
            "temperature": row["temperature"],
            "answered_at": None if at is None else datetime.fromtimestamp(at, UTC),
        }
    )


def _whole_reply(reply: Row, calls: Sequence[tuple[Record, Row]], texts: Mapping[str, str]) -> Row:
    recalled = [
        {"memory": json.loads(texts[digest]), "score": score, "why": why}
        for digest, score, why in reply.get("recalled", ())
    ]
    return {
        **reply,
        "recalled": recalled,
        "calls": [whole_call(row, document, texts) for row, document in calls],
    }


def whole_call(row: Record, document: Row, texts: Mapping[str, str]) -> Row:
    """The fields of a call from its row, the row's parsed document and the texts by hash."""
    call = dict(document)
    output = call.pop("output", None)
    request = {
        **call.pop("request"),
        "agent": row["agent"],
        "messages": [
            {"role": role, "text": json.loads(texts[digest])}
            for role, digest in call.pop("messages")
        ],
        "output": json.loads(texts[output]) if output is not None else None,
    }
    usage = {name: row[name] for name in ("tokens_in", "tokens_out", "tokens_cached")}
    return {
        **call,
        "request": request,
        "usage": usage,
        "latency": row["latency"],
        "cost": row["cost"],
    }


TECHNICAL = int(MissingCode.TECHNICAL)
