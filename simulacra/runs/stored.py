"""A run as the database holds it, with the manifest that says how to repeat it."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Self

from simulacra.domain.run import Cell, Interview, PersonaRef, RunSpec, RunSummary
from simulacra.storage.personas import PersonaRepository
from simulacra.storage.runs import RunRepository

_PACKAGES = (
    "simulacra",
    "langgraph",
    "langchain-core",
    "openai",
    "chromadb",
    "sqlalchemy",
    "pydantic",
    "wordllama",
    "snowballstemmer",
)


@dataclass(frozen=True)
class Person:
    """Who answered: what a table of respondents shows of a persona's version."""

    name: str
    gender: str
    age: int
    source: str
    hash: str
    weight: float = 1.0


@dataclass(frozen=True)
class StoredRun:
    """A run to be exported or reported."""

    run_id: str
    spec: RunSpec
    summary: RunSummary
    personas: dict[PersonaRef, Person]
    manifest: dict[str, Any]
    runs: RunRepository

    @classmethod
    def load(cls, run_id: str, runs: RunRepository, personas: PersonaRepository) -> Self:
        """Read a run; raises UnknownName if there is none."""
        spec, summary = runs.spec(run_id), runs.summary(run_id)
        people = {}
        for ref in spec.personas:
            persona = personas.load(ref)
            profile = persona.profile
            people[ref] = Person(
                persona.name,
                profile.gender,
                profile.age,
                persona.source,
                persona.hash(),
                persona.weight,
            )
        return cls(run_id, spec, summary, people, _manifest(spec, summary, people), runs)

    def ambiguous(self) -> frozenset[str]:
        """The items to which an answer was given that reads like a missing code."""
        return self.runs.ambiguous(self.run_id)

    def records(self) -> Iterator[tuple[Interview, Cell]]:
        """Every stored cell by interview, item and attempt."""
        return self.runs.records(self.run_id)


def _manifest(
    spec: RunSpec, summary: RunSummary, people: dict[PersonaRef, Person]
) -> dict[str, Any]:
    """Everything needed to repeat the run, but the model's weights."""
    return {
        "format": "simulacra-manifest/1",
        "simulated": True,
        "run_id": summary.id,
        "created": summary.created.isoformat(timespec="seconds"),
        "status": summary.status.value,
        "study": spec.name,
        "instrument": {
            "id": spec.instrument.id,
            "hash": spec.instrument.hash(),
            "document": spec.instrument.model_dump(mode="json"),
        },
        "personas": [
            {
                "id": ref.id,
                "version": ref.version,
                "name": person.name,
                "hash": person.hash,
                "weight": person.weight,
            }
            for ref, person in people.items()
        ],
        "plan": spec.model_dump(mode="json", exclude={"instrument", "personas", "settings"}),
        "method": spec.method,
        "mode": spec.mode,
        "without": list(spec.without),
        "learn": spec.learn,
        "after": spec.after,
        "date": (spec.day or summary.created.date()).isoformat(),
        "model": spec.model,
        "fingerprint": spec.settings.get("fingerprint", ""),
        "reproducible": spec.settings.get("reproducible", False),
        "temperature": (
            spec.temperature
            if spec.temperature is not None
            else spec.settings.get("default_temperature")
        ),
        "seed": spec.seed,
        "replicates": spec.replicates,
        "replicates_differ_by": ["seed", "order of options where an item is shuffled"],
        "concurrency": spec.concurrency,
        "settings": spec.settings,
        "cells": summary.cells,
        "done": summary.done,
        "missing": summary.missing,
        "calls": summary.calls,
        "tokens": summary.tokens,
        "cost": summary.cost,
        "packages": {name: version(name) for name in _PACKAGES},
    }
