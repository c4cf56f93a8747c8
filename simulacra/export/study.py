"""What an export needs to know of a run, and the words that mark every file as simulated."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from simulacra.domain.run import Cell, Interview, PersonaRef, RunSpec, RunSummary
from simulacra.export.columns import Column
from simulacra.export.wide import wide_columns

SIMULATED = (
    "Simulated data: every respondent is a character played by a language model. "
    "No person was interviewed."
)
SIMULATED_BY_STATISTICS = (
    "Simulated data: every answer was drawn from a statistical model of how people answer. "
    "Neither a person nor a language model was asked."
)
NOT_COLLECTED = "An empty cell means that the run has not come to it."


class Person(Protocol):
    """A persona of the run, as far as files tell of it."""

    @property
    def name(self) -> str:
        """The name."""
        ...

    @property
    def gender(self) -> str:
        """The gender."""
        ...

    @property
    def age(self) -> int:
        """The age in years."""
        ...

    @property
    def weight(self) -> float:
        """How many people this one stands for, relative to a mean of 1 in the sample."""
        ...


class RunData(Protocol):
    """A run as the export sees it."""

    @property
    def run_id(self) -> str:
        """The run's id."""
        ...

    @property
    def spec(self) -> RunSpec:
        """The plan."""
        ...

    @property
    def summary(self) -> RunSummary:
        """Where it stands."""
        ...

    @property
    def personas(self) -> Mapping[PersonaRef, Person]:
        """Who was asked, in the order of the plan."""
        ...

    @property
    def manifest(self) -> dict[str, Any]:
        """What else is needed to repeat it: prompts, model, settings, versions. Never a key."""
        ...

    def ambiguous(self) -> frozenset[str]:
        """The items to which an answer was given that reads like a missing code."""
        ...

    def records(self) -> Iterator[tuple[Interview, Cell]]:
        """Every stored cell, by interview position, item position and attempt."""
        ...


@dataclass(frozen=True)
class Study:
    """A run with the study's name and the columns of its wide table."""

    run: RunData
    name: str

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """Columns of the wide table."""
        return wide_columns(self.run.spec.instrument, self.run.ambiguous())

    @property
    def notice(self) -> str:
        """The words that mark every file as simulated."""
        return SIMULATED_BY_STATISTICS if self.run.spec.behavioural else SIMULATED

    @property
    def title(self) -> str:
        """What the study is called in headings."""
        return self.run.spec.instrument.title or self.name

    def about(self) -> list[tuple[str, str]]:
        """The facts that an "about" page tells, in order."""
        spec, summary = self.run.spec, self.run.summary
        shown = list(self.run.personas.values())[:20]
        people = ", ".join(f"{one.name} ({one.gender}, {one.age})" for one in shown)
        more = len(self.run.personas) - len(shown)
        return [
            ("Simulated", self.notice),
            ("Study", self.name),
            ("Instrument", f"{self.title} (version {spec.instrument.version})"),
            ("Instrument hash", spec.instrument.hash()),
            ("Notice", spec.instrument.notice.strip()),
            ("Source", spec.instrument.source.strip()),
            ("Run", self.run.run_id),
            ("Created", summary.created.isoformat(timespec="seconds")),
            ("Status", str(summary.status)),
            ("Answers", f"{summary.done} of {summary.cells}, {summary.missing} of them missing"),
            ("Personas", people + (f" and {more} more" if more > 0 else "")),
            ("Replicates", str(spec.replicates)),
            ("Method", spec.way),
            ("Model", spec.model),
            ("Seed", str(spec.seed)),
            ("Empty cells", NOT_COLLECTED),
        ]
