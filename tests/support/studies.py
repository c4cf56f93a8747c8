"""Small studies for tests: an instrument, people, and cells with everything in them."""

from collections.abc import Sequence

from simulacra.domain.answer import Answer, Missing, MissingCode, Reply, Response
from simulacra.domain.call import Call, Message, OutputSchema, Request, Usage
from simulacra.domain.emotion import EmotionalState
from simulacra.domain.memory import Memory, Recalled
from simulacra.domain.persona import Persona, Profile
from simulacra.domain.run import Cell, Interview, PersonaRef, RunSpec
from simulacra.domain.survey import Instrument, Item, Kind, Option, Question


def instrument(items: int = 3) -> Instrument:
    """Single-choice items q1, q2, ... with the codes 1 to 3."""
    options = tuple(Option(code=str(code), label=f"Label {code}") for code in (1, 2, 3))
    return Instrument(
        id="small",
        items=tuple(
            Item(id=f"q{number}", kind=Kind.SINGLE, text=f"Question {number}?", options=options)
            for number in range(1, items + 1)
        ),
    )


def spec(people: int = 2, items: int = 3, **changes: object) -> RunSpec:
    """A plan for people p000, p001, ..."""
    personas = tuple(PersonaRef(id=f"p{number:03}", version=1) for number in range(people))
    plain = RunSpec(name="study", instrument=instrument(items), personas=personas, method="profile")
    return plain.model_copy(update=changes)


def person(name: str = "Ada Byron", *, memories: int = 2, **changes: object) -> Persona:
    """A small persona."""
    plain = Persona(
        id=name.lower().replace(" ", "-"),
        name=name,
        source="import",
        profile=Profile(
            gender="female", age=36, attributes={"zeal": "high", "accent": "of the north"}
        ),
        story="She counted the stairs every day.",
        memories=tuple(
            Memory(id=f"m{number}", content=f"Memory {number}, naïve", importance=number % 10 + 1)
            for number in range(memories)
        ),
    )
    return Persona.model_validate({**plain.model_dump(), **changes})


def call(agent: str = "top", *, words: str = "Which one?", seed: int = 7) -> Call:
    """A call with every part filled."""
    return Call(
        request=Request(
            agent=agent,
            prompt_name="top_choice",
            prompt_hash="abc",
            messages=(
                Message(role="system", text="You are Ada.\n\x00 «naïve»"),
                Message(role="user", text=words),
            ),
            temperature=0.5,
            seed=seed,
            stop=("\n",),
            output=OutputSchema(name="choice", definition={"z": 1, "a": ["1", "2"]}),
        ),
        options=("yes", "no"),
        reply='{"code":"1"}',
        usage=Usage(tokens_in=100, tokens_out=5, tokens_cached=60),
        latency=0.25,
        attempts=2,
        cost=0.001,
        model="m",
        fingerprint="fp",
        finish="stop",
    )


def reply(text: str = "1", *, calls: Sequence[Call] = ()) -> Reply:
    """A reply with every part filled."""
    return Reply(
        text=text,
        selection=("1",),
        probabilities={"1": 0.7, "2": 0.3},
        recalled=(
            Recalled(
                memory=Memory(id="m1", content="The stairs", emotions={"joy": 3}),
                score=0.9,
                why={"words": 0.5, "vectors": 0.4},
            ),
        ),
        emotion=EmotionalState(valence=0.2, intensities={"joy": 4}, feeling="light"),
        plan="Say yes.",
        calls=tuple(calls),
        parts={"2": "other"},
    )


def cell(
    interview: Interview,
    position: int = 0,
    *,
    attempt: int = 1,
    replies: Sequence[Reply] = (),
    unanswered: Sequence[Call] = (),
    response: Response | None = None,
) -> Cell:
    """A finished cell of item ``q{position + 1}``."""
    return Cell(
        interview_id=interview.id,
        item_id=f"q{position + 1}",
        position=position,
        attempt=attempt,
        question=Question(
            item_id=f"q{position + 1}",
            kind=Kind.SINGLE,
            text="Which?",
            options=(Option(code="2", label="B"), Option(code="1", label="A")),
        ),
        replies=tuple(replies),
        unanswered=tuple(unanswered),
        response=response or Answer(codes=("1",)),
        seed=11,
        temperature=0.5,
    )


def timeless(cell: Cell) -> Cell:
    """A cell without the time when it was stored."""
    return cell.model_copy(update={"answered_at": None})


TECHNICAL = Missing(code=MissingCode.TECHNICAL, detail="ServerFailed: 500")
