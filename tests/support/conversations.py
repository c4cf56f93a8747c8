"""Conversations with questions whose evidence is known, as memories of a persona."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from simulacra.domain.memory import Memory
from simulacra.domain.persona import Persona, Profile

UNANSWERABLE = 5  # the category of questions that the conversation does not answer


@dataclass(frozen=True)
class Keyed:
    """A question and the ids of the memories that answer it."""

    text: str
    evidence: frozenset[str]
    category: str


@dataclass(frozen=True)
class Case:
    """One shelf to search, with its questions."""

    name: str
    persona: Persona
    questions: tuple[Keyed, ...]


def conversations(folder: Path) -> list[Case]:
    """The conversations of a folder in the format of LoCoMo, by file name.

    Each turn is one memory: what was said (and what a picture showed), by whom, on which day, in
    which session.

    Raises:
        FileNotFoundError: there are none.
    """
    files = sorted(folder.glob("*.json"))
    if not files:
        raise FileNotFoundError(f"{folder}: no conversations (*.json)")
    return [_case(file.stem, json.loads(file.read_text(encoding="utf-8"))) for file in files]


def _case(name: str, document: dict[str, Any]) -> Case:
    persona = Persona(
        id=f"conversation-{name.lower()}",
        name=document["speaker_a"],
        source="import",
        profile=Profile(gender="unknown", age=30),
        memories=tuple(_turns(document["sessions"])),
    )
    questions = tuple(
        Keyed(one["question"], evidence, str(one["category"]))
        for one in document["qa"]
        if one["category"] != UNANSWERABLE and (evidence := _evidence(one["evidence"]))
    )
    return Case(name, persona, questions)


def _turns(sessions: list[dict[str, Any]]) -> Iterator[Memory]:
    for session in sessions:
        day = _day(session.get("date_time") or "")
        for turn in session["turns"]:
            yield Memory(
                id=turn["id"],
                content=" ".join([turn["text"], turn.get("image_caption") or ""]).strip(),
                when=day,
                episode=f"session {session['number']}",
                origin="conversation",
                speaker=turn["speaker"],
            )


def _day(told: str) -> str | None:
    """The day of a session; None where it is not told in the usual form."""
    try:
        return datetime.strptime(told, "%I:%M %p on %d %B, %Y").date().isoformat()
    except ValueError:
        return None


def _evidence(ids: list[str]) -> frozenset[str]:
    return frozenset(part.strip() for one in ids for part in one.split(";") if part.strip())
