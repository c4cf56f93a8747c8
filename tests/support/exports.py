"""A run as exports see it: two people, five items, missing answers, and a failure tried again."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from simulacra.domain.answer import Answer, Missing, MissingCode, Reply, Response
from simulacra.domain.call import Call, Message, Request, Usage
from simulacra.domain.emotion import EmotionalState
from simulacra.domain.memory import Memory, Recalled
from simulacra.domain.run import Cell, Interview, PersonaRef, RunSpec, RunStatus, RunSummary
from simulacra.domain.survey import Instrument, Item, Kind, Option
from simulacra.survey.orders import Draw
from simulacra.survey.present import present


@dataclass(frozen=True)
class Who:
    name: str
    gender: str = "female"
    age: int = 40
    weight: float = 1.0


@dataclass(frozen=True)
class Run:
    spec: RunSpec
    cells: list[tuple[Interview, Cell]]
    run_id: str = "20261123-abc123"
    personas: dict[PersonaRef, Who] = field(default_factory=dict)
    manifest: dict[str, Any] = field(default_factory=lambda: {"packages": {"simulacra": "0.1.0"}})

    @property
    def summary(self) -> RunSummary:
        return RunSummary(
            id=self.run_id, name=self.spec.name, status=RunStatus.DONE, cells=20, done=18,
            created=datetime(2026, 11, 23, tzinfo=UTC), missing=3, cost=0.25, tokens=900, calls=30,
        )  # fmt: skip

    def ambiguous(self) -> frozenset[str]:
        said = ((cell.item_id, cell.response) for _, cell in self.cells)
        return frozenset(id for id, one in said if isinstance(one, Answer) and one.like_a_code)

    def records(self) -> Iterator[tuple[Interview, Cell]]:
        return iter(self.cells)


def options(*pairs: str) -> tuple[Option, ...]:
    return tuple(
        Option(code=code, label=label) for code, _, label in (p.rpartition("=") for p in pairs)
    )


INSTRUMENT = Instrument(
    id="trial",
    title="A <b>trial</b>",
    notice="Free to use.",
    items=(
        Item(id="mood", kind=Kind.RATING, text="Mood?", options=options("1=Bad", "2=Good")),
        Item(id="colour", kind=Kind.SINGLE, text="Colour?", options=options("red=Red", "blue=Blue"),
             shuffle=True),
        Item(id="pets", kind=Kind.MULTI, text="Pets?",
             options=(*options("dog=Dog", "cat=Cat"), Option(code="9", label="?", missing=-96))),
        Item(id="age", kind=Kind.NUMERIC, text="Age?", condition="mood = 2"),
        Item(id="why", kind=Kind.LONG_TEXT, text="Why, <script>alert(1)</script>?"),
    ),
)  # fmt: skip


def call(agent: str, reply: str) -> Call:
    request = Request(
        agent=agent,
        prompt_name=agent,
        prompt_hash="abc",
        messages=(Message(role="user", text="?"),),
    )
    usage = Usage(tokens_in=10, tokens_out=5, tokens_cached=2)
    return Call(
        request=request, reply=reply, usage=usage, latency=0.12345, cost=0.001, model="toy",
        fingerprint="fp",
    )  # fmt: skip


def reply(text: str) -> Reply:
    return Reply(
        text=text,
        emotion=EmotionalState(valence=-0.25, arousal=0.5, feeling="uneasy"),
        plan="be honest",
        probabilities={"2": 0.123456789, "1": 0.876543211},
        recalled=(Recalled(memory=Memory(id="m1", content="x"), score=1.0),
                  Recalled(memory=Memory(id="m2", content="y"), score=0.5)),
        calls=(call("emotion", "I feel uneasy"), call("planning", "I answer"), call("top", text)),
    )  # fmt: skip


def cell(
    who: Interview,
    item_id: str,
    response: Response,
    *texts: str,
    attempt: int = 1,
    instrument: Instrument = INSTRUMENT,
) -> Cell:
    place = [item.id for item in instrument.items].index(item_id)
    return Cell(
        interview_id=who.id,
        item_id=item_id,
        position=place,
        attempt=attempt,
        question=present(instrument.items[place], instrument, Draw(0, who.position, who.seed), {}),
        replies=tuple(reply(text) for text in texts),
        response=response,
        sequence=None if response == missing(-99) else place + 1,
        seed=who.seed,
    )


def missing(code: int, detail: str = "") -> Missing:
    return Missing(code=MissingCode(code), detail=detail)


def small_run() -> Run:
    """Two respondents: one who answers, once after a failure, and one who mostly does not."""
    refs = (PersonaRef(id="ada", version=1), PersonaRef(id="bo", version=2))
    first, second = (
        Interview(id=f"{ref.id}.r1", persona=ref, seed=at + 7, position=at)
        for at, ref in enumerate(refs)
    )
    answers = [
        (first, cell(first, "mood", Answer(codes=("2",)), "Good")),
        (first, cell(first, "colour", missing(-94, "timeout"))),
        (first, cell(first, "colour", Answer(codes=("blue",)), "Bl", "Blue", attempt=2)),
        (first, cell(first, "pets", Answer(codes=("cat",)), "Cat")),
        (first, cell(first, "age", Answer(number=-5.0), "-5")),
        (first, cell(first, "why", Answer(text='=HYPERLINK("http://x")'), "=HYPERLINK")),
        (second, cell(second, "mood", Answer(codes=("1",)), "Bad")),
        (second, cell(second, "colour", missing(-97), "no")),
        (second, cell(second, "pets", missing(-96), "no idea")),
        (second, cell(second, "age", missing(-99))),
    ]
    spec = RunSpec(name="trial", instrument=INSTRUMENT, personas=refs, settings={"detail": "full"})
    people = {refs[0]: Who("Ada"), refs[1]: Who("Bo | <i>x</i>", "male", 61)}
    return Run(spec, answers, personas=people)
