"""Runs: what was planned, and one finished cell of it."""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal, Self, get_args

from pydantic import Field, field_validator, model_validator

from simulacra.domain.answer import Reply, Response
from simulacra.domain.base import Frozen
from simulacra.domain.call import Call
from simulacra.domain.design import Design
from simulacra.domain.elicitation import BY_CHOICE, Elicitation
from simulacra.domain.survey import Instrument, Question
from simulacra.errors import InputError, UnknownName

Method = Literal["blank", "profile", "retrieval", "cognitive"]
METHODS: tuple[Method, ...] = get_args(Method)
Mode = Literal["full", "fused"]
MODES: tuple[Mode, ...] = get_args(Mode)
Agent = Literal["emotion", "planning", "memory"]
AGENTS: tuple[Agent, ...] = get_args(Agent)


class Mechanism(Frozen):
    """How a person comes to an answer: a method and, for ``cognitive``, how its agents work.

    ``full``: emotion and planning side by side, then the reply; ``fused``: all of it at once.
    ``without`` are agents that are switched off, in the order of ``AGENTS``.

    Raises:
        InputError: a mode or a missing agent for a method that has no agents.
    """

    method: Method = "cognitive"
    mode: Mode = "full"
    without: tuple[Agent, ...] = ()

    @field_validator("without")
    @classmethod
    def _in_order(cls, without: tuple[Agent, ...]) -> tuple[Agent, ...]:
        return tuple(agent for agent in AGENTS if agent in without)

    @model_validator(mode="after")
    def _has_agents(self) -> Self:
        if self.method != "cognitive" and (self.mode != "full" or self.without):
            raise InputError(
                f"the method {self.method} has no agents: --mode and --without go with cognitive"
            )
        return self

    @classmethod
    def of(cls, way: "Method | Mechanism") -> "Mechanism":
        """The mechanism itself, or that of a method with all its agents."""
        return way if isinstance(way, Mechanism) else cls(method=way)

    @classmethod
    def named(cls, label: str) -> "Mechanism":
        """The mechanism of a label such as ``cognitive:fused:without-emotion+memory``.

        Raises:
            InputError: the label names no method, mode or agent.
        """
        method, *choices = label.strip().split(":")
        mode, without = "full", list[str]()
        for choice in choices:
            if choice.startswith("without-"):
                without = choice.removeprefix("without-").split("+")
            else:
                mode = choice
        return cls.chosen(method, mode, without)

    @classmethod
    def chosen(cls, method: str, mode: str = "full", without: Iterable[str] = ()) -> "Mechanism":
        """A mechanism as a user named its parts.

        Raises:
            InputError: a part is unknown, or the method has no such parts.
        """
        without = tuple(without)
        for what, names, known in (
            ("method", (method,), METHODS),
            ("mode", (mode,), MODES),
            ("agent", without, AGENTS),
        ):
            if unknown := [name for name in names if name not in known]:
                raise UnknownName(
                    f"there is no {what} {unknown[0]!r}; choose one of: {', '.join(known)}"
                )
        return cls.model_validate({"method": method, "mode": mode, "without": without})

    @property
    def label(self) -> str:
        """The name under which it stands in tables; ``named`` reads it."""
        mode = "" if self.mode == "full" else f":{self.mode}"
        off = f":without-{'+'.join(self.without)}" if self.without else ""
        return f"{self.method}{mode}{off}"

    @property
    def recalls(self) -> bool:
        """Whether memory is searched."""
        return self.method == "retrieval" or self.has("memory")

    @property
    def inner(self) -> tuple[Agent, ...]:
        """The agents that work on the question before or with the reply, in a stated order."""
        return tuple(agent for agent in AGENTS if agent != "memory" and self.has(agent))

    @property
    def fuses(self) -> bool:
        """Whether one structured call feels, plans and replies."""
        return self.mode == "fused" and bool(self.inner)

    def has(self, agent: Agent) -> bool:
        """Whether an agent of the cognitive mechanism is at work."""
        return self.method == "cognitive" and agent not in self.without


class RunStatus(StrEnum):
    """Where a run stands. Everything but done and cancelled can be resumed."""

    PLANNED = "planned"
    RUNNING = "running"
    PAUSED = "paused"
    FAILED = "failed"
    CANCELLED = "cancelled"
    DONE = "done"


class PersonaRef(Frozen):
    """One version of a persona."""

    id: str
    version: int


class RunSpec(Frozen):
    """A study as planned; everything needed to repeat it but the model's weights.

    ``name`` is the study's name, ``settings`` holds what else decides answers (prompt hashes,
    cognition and model settings). ``mode`` and ``without`` are those of ``Mechanism``. ``max_cost``
    (US dollars), ``max_calls`` and ``max_tokens`` pause the run when used up, all its processes
    and models together; so do ``max_failures`` technical failures in a row. ``batch``: hosted
    models are asked in files, for half the price and within a day. ``temperature`` None means the
    model's default.
    ``learn``: each respondent keeps memories of the interview, for a later wave that names this run
    as the one that it comes ``after``. ``day`` is when the study takes place in people's memory;
    without it, the day on which the run was planned. ``earlier_visible``: whether respondents see
    their earlier answers. ``elicit``: how closed items are asked. ``page``: items of a page that do
    not depend on each other are asked together. ``design`` holds the study's conditions. The
    instrument is an unrolled one (``simulacra.survey.unroll``).
    """

    name: str
    instrument: Instrument
    personas: tuple[PersonaRef, ...] = Field(min_length=1)
    method: Method = "cognitive"
    mode: Mode = "full"
    without: tuple[Agent, ...] = ()
    model: str = "embedded"
    replicates: int = Field(default=1, ge=1)
    seed: int = 0
    temperature: float | None = None
    concurrency: int = Field(default=8, ge=1)
    max_cost: float | None = None
    max_calls: int | None = None
    max_tokens: int | None = None
    max_failures: int = Field(default=20, ge=1)
    batch: bool = False
    settings: dict[str, Any] = Field(default_factory=dict)
    earlier_visible: bool = True
    elicit: Elicitation = BY_CHOICE
    page: bool = False
    design: Design = Design()
    learn: bool = False
    after: str | None = None
    day: date | None = None

    @model_validator(mode="after")
    def _agents_fit(self) -> Self:
        way = self.mechanism  # raises where its parts do not fit
        if (self.learn or self.after) and not way.has("memory"):
            raise InputError(
                f"{way.label} recalls no memories: --learn and --after go with cognitive"
            )
        if self.behavioural and (self.learn or self.after):
            raise InputError("simulated respondents keep no memories: leave --learn and --after")
        return self

    @model_validator(mode="after")
    def _models_fit(self) -> Self:
        if self.models and (self.learn or self.after):
            raise InputError("waves that learn have one model: conditions must not name models")
        return self

    @model_validator(mode="after")
    def _elicitation_fits(self) -> Self:
        if self.elicit.way != "choice" and self.mechanism.fuses:
            raise InputError(
                f"--elicit {self.elicit.label} asks for the answer alone: it goes with --mode full"
            )
        if self.page and (self.elicit.way != "choice" or self.mechanism.fuses):
            what = "--mode fused" if self.mechanism.fuses else f"--elicit {self.elicit.label}"
            raise InputError(f"{what} asks item by item: leave out --page, or {what}")
        if self.elicit.way == "logprobs" and self.batch:
            raise InputError(
                "--elicit logprobs asks the server at once: leave out --batch, or choose another "
                "way to ask"
            )
        if self.elicit.way != "choice" and self.behavioural:
            raise InputError("simulated respondents answer by known probabilities: leave --elicit")
        if self.elicit.way == "draws" and self.temperature == 0:
            raise InputError("draws at temperature 0 are all alike: give a temperature above 0")
        return self

    @property
    def behavioural(self) -> bool:
        """Whether simulated respondents answer, without any language model."""
        return "behaviour" in self.settings

    @property
    def way(self) -> str:
        """Who answers and how, in the words of tables."""
        return "simulated respondents" if self.behavioural else self.mechanism.label

    @property
    def models(self) -> tuple[str, ...]:
        """The models of the design's conditions, where any condition has one of its own."""
        return tuple(one.model for one in self.design.conditions if one.model)

    @property
    def all_models(self) -> tuple[str, ...]:
        """Every model that somebody is asked on, each once; the study's own one first."""
        conditions = self.design.conditions
        own = not conditions or any(one.model is None for one in conditions)
        return tuple(dict.fromkeys(((self.model,) if own else ()) + self.models))

    @property
    def chosen_only(self) -> tuple[str, ...]:
        """The closed items to which the plan's way to elicit has no meaning: asked by choice."""
        if self.elicit.way == "choice":
            return ()
        return tuple(
            item.id
            for item in self.instrument.items
            if item.kind.optioned and self.elicit.way_for(item.kind, len(item.options)) == "choice"
        )

    @property
    def mechanism(self) -> Mechanism:
        """How the people come to their answers."""
        return Mechanism(method=self.method, mode=self.mode, without=self.without)


class RunSummary(Frozen):
    """Where a run stands in numbers: ``cells`` planned, ``done`` stored (missing ones included).

    ``calls`` (every attempt), ``tokens`` in and out and ``cost`` in US dollars are those of all
    that was bought, also for answers that failed; what was kept from before costs nothing.
    ``failed`` of the missing ones are technical failures; ``workers`` processes are at work on it.
    """

    id: str
    name: str
    status: RunStatus
    created: datetime
    cells: int
    done: int
    missing: int
    cost: float
    tokens: int = 0
    calls: int = 0
    note: str = ""
    failed: int = 0
    workers: int = 0


class WorkerAtWork(Frozen):
    """A process at work on a run.

    ``answers`` are those that it stored since it ``joined``, ``rate`` how many a second it last
    stored, ``interviews`` how many it holds; ``heartbeat`` is its last sign of life.
    """

    host: str
    process: int
    joined: datetime
    heartbeat: datetime
    answers: int
    rate: float
    interviews: int


class FailedCell(Frozen):
    """A cell whose latest attempt is a technical failure; ``reason`` in words."""

    interview_id: str
    persona_id: str
    item_id: str
    attempts: int
    reason: str


class Interview(Frozen):
    """One respondent: a persona answering the instrument once, its cells in item order.

    ``position`` is their place in the study, by which orders are balanced; ``condition`` names
    that of the study's design, "" without one.
    """

    id: str
    persona: PersonaRef
    replicate: int = 1
    condition: str = ""
    seed: int
    position: int


class Cell(Frozen):
    """One finished cell of a run: the question as shown, what was replied, what it counts as.

    ``replies`` holds the reply, and the one after a re-ask where the first was unreadable; it is
    empty where nothing was asked. ``attempt`` is 1 for the first try of the cell; a technical
    failure that is tried again keeps its row and the new one gets the next number. ``unanswered``
    are the calls of an asking that failed before its reply was there. ``sequence`` is the place at
    which the item came, from 1, None where it was not asked. ``answered_at`` is when the cell was
    stored, None before that.
    """

    interview_id: str
    item_id: str
    position: int
    attempt: int = 1
    question: Question
    replies: tuple[Reply, ...] = ()
    unanswered: tuple[Call, ...] = ()
    response: Response
    sequence: int | None = None
    seed: int
    temperature: float = 0.0
    answered_at: datetime | None = None

    @property
    def reply(self) -> Reply | None:
        """The reply that counts."""
        return self.replies[-1] if self.replies else None

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every model call of the cell in order, those of a failed asking last."""
        return (*(call for reply in self.replies for call in reply.calls), *self.unanswered)


class Abandoned(Frozen):
    """What was bought for a cell that was then given up, because the run failed or paused.

    The cell itself stays open and is asked anew when the run goes on.
    """

    interview_id: str
    item_id: str
    position: int
    calls: tuple[Call, ...] = Field(min_length=1)


class Walked(Frozen):
    """An interview that was gone through to its end; ``failed``: with a technical failure in it."""

    interview_id: str
    failed: bool = False


Outcome = Cell | Abandoned | Walked
"""What comes of work on a run."""


def seconds_by_stage(cells: Iterable[Cell]) -> dict[str, float]:
    """Seconds that each stage took in all: ``memory`` is recalling, the others are model calls.

    A stage that took part in no cell is not among them.
    """
    sums: dict[str, float] = {}
    for cell in cells:
        for reply in cell.replies:
            if reply.recall_seconds:
                sums["memory"] = sums.get("memory", 0.0) + reply.recall_seconds
        for call in cell.calls:
            agent = call.request.agent
            sums[agent] = sums.get(agent, 0.0) + call.latency
    return sums
