"""From a profile to a life: outline, biography, story, facts, memories, each past its gate.

Everything here is a function of persona, settings, decisions and replies; replies that were bought
once come from the ledger. So going on after any interruption is running the same again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from personas.authoring.author import Author
from personas.authoring.background import background
from personas.authoring.biography import biography_findings, write_biography
from personas.authoring.brief import biography_briefly, plan_briefly, tell_briefly, told_twice
from personas.authoring.facts import edited_facts, facts_text, placed, read_facts
from personas.authoring.gate import Gate, with_findings
from personas.authoring.life import life_of
from personas.authoring.manuscript import Manuscript, read_manuscript
from personas.authoring.memories import Made, Wanted, make_memories, with_memories
from personas.authoring.outline import Outline, plan_life, read_outline
from personas.authoring.remembering import due
from personas.authoring.settings import WriteSettings
from personas.authoring.stage_findings import (
    biography_contradictions,
    memory_findings,
    outline_contradictions,
)
from personas.authoring.story_findings import story_findings
from personas.authoring.story_outline import tell_by_outline
from personas.authoring.story_paper import tell_by_paper
from personas.authoring.telling import StoryGates, Telling
from personas.checks.finding import Check, Finding, no_findings
from simulacra.domain.base import Frozen
from simulacra.domain.memory import Memory
from simulacra.domain.persona import Fact, Persona
from simulacra.errors import InputError
from simulacra.memory.port import Embedder

STAGES = ("outline", "biography", "story", "facts", "memories")


class Progress(Frozen):
    """Where the writing stands: the stage, episodes told of all planned, words of the story."""

    stage: str
    done: int = 0
    total: int = 0
    words: int = 0


class Written(Frozen):
    """The finished persona and what the checks of its making said.

    ``made`` are the memories that the model made, without those that a reviewer edited.
    """

    persona: Persona
    findings: tuple[Finding, ...] = ()
    made: tuple[Memory, ...] = ()


Heard = Callable[[Progress], None]


def nothing(_: Progress) -> None:
    """Where nobody wants to hear of progress."""


@dataclass(frozen=True)
class Pipeline:
    """What making a life needs; ``write`` makes it.

    ``check`` says what is wrong with a persona, ``concurrency`` bounds the memories made at once,
    ``heard`` hears of progress.
    """

    author: Author
    settings: WriteSettings
    gate: Gate
    embedder: Embedder
    check: Check = no_findings
    concurrency: int = 16
    heard: Heard = nothing

    async def write(self, persona: Persona) -> Written:
        """The persona with biography, story, episodes, facts and memories.

        Raises:
            ReviewNeeded: a gate waits for a decision.
            BadReply, ModelError: the model gave nothing usable.
            BudgetSpent: the budget allows no further call.
            InputError: the profile cannot be dated, an edited text cannot be read, or the strategy
                does not fit the model.
        """
        if self.author.brief and self.settings.strategy != "outline":
            raise InputError("a small model writes by the strategy outline only")
        outline = await self._outline(persona)
        biography = await self._biography(persona, outline)
        story = await self._story(persona, outline, biography)
        told = with_life(persona, biography, story)
        told, findings = await self._facts(told, outline, story)
        told, made, wrong = await self._memories(told)
        findings += wrong
        findings += tuple(
            one.model_copy(update={"span": None}) for one in biography_findings(persona, biography)
        )
        findings += (*told_twice(outline), *story_findings(story, outline, self.settings))
        return Written(persona=self._marked(told), findings=findings, made=made)

    async def _outline(self, persona: Persona) -> Outline:
        self.heard(Progress(stage="outline"))
        life = life_of(persona.profile)
        count = self.settings.episodes(life)
        attempt, note = self.gate.attempt("outline"), self.gate.note("outline")
        if self.author.brief:
            outline = await plan_briefly(
                self.author, persona, life, count, attempt=attempt, note=note
            )
        else:
            outline = await plan_life(self.author, persona, count, attempt=attempt, note=note)

        def found(plan: Outline) -> list[Finding]:
            return [*told_twice(plan), *outline_contradictions(persona, plan, self.check)]

        text = outline.to_text()
        passed = self.gate.passed(
            with_findings("outline", text, found(outline)),
            lambda edited: found(read_outline(edited, life)),
        )
        return outline if passed.text == text else read_outline(passed.text, life)

    async def _biography(self, persona: Persona, outline: Outline) -> Manuscript:
        self.heard(Progress(stage="biography", total=len(outline.episodes)))
        words = self.settings.biography_words
        attempt, note = self.gate.attempt("biography"), self.gate.note("biography")
        if self.author.brief:
            biography = await biography_briefly(
                self.author, persona, outline, words, attempt=attempt, note=note
            )
        else:
            biography = await write_biography(
                self.author,
                persona,
                outline,
                words,
                attempt=attempt,
                note=note,
                check=self.check,
                settled=self.gate.settled("biography"),
            )

        def found(text: Manuscript) -> list[Finding]:
            wrong = biography_contradictions(persona, text, self.check)
            return [*biography_findings(persona, text), *wrong]

        return self._reviewed(persona, "biography", biography, found)

    async def _story(self, persona: Persona, outline: Outline, biography: Manuscript) -> Manuscript:
        def heard(story: Manuscript) -> None:
            done, total = len(story.written), len(outline.episodes)
            self.heard(Progress(stage="story", done=done, total=total, words=story.words))

        def open_(story: Manuscript) -> list[Finding]:
            told = with_life(persona, biography, story)
            return [one for one in self.check(told) if one.severity == "contradiction"]

        def review(story: Manuscript, part: str) -> Manuscript:
            return self._reviewed(persona, "story", story, open_, part)

        def found(story: Manuscript) -> list[Finding]:
            wrong = self.check(with_life(persona, biography, story))
            return [*story_findings(story, outline, self.settings), *wrong]

        self.heard(Progress(stage="story", total=len(outline.episodes)))
        gates = StoryGates(self.gate, self.settings.gate_every, review, heard)
        telling = Telling(persona=persona, words=self.settings.words, gates=gates)
        if self.author.brief:
            story = await tell_briefly(self.author, telling, outline)
        elif self.settings.strategy == "outline":
            story = await tell_by_outline(self.author, telling, outline)
        else:
            story = await tell_by_paper(self.author, telling, biography, self.embedder)
        return self._reviewed(persona, "story", story, found)

    async def _facts(
        self, told: Persona, outline: Outline, story: Manuscript
    ) -> tuple[Persona, tuple[Finding, ...]]:
        total = len(story.chapters)
        self.heard(Progress(stage="facts", total=total, words=story.words))
        attempt = self.gate.attempt("facts")
        life = background(told, outline)
        found = await read_facts(self.author, life, story.chapters, attempt=attempt)
        facts, findings = placed(story, found)
        with_facts = _with_facts(told, facts)
        findings += tuple(self.check(with_facts))
        text = facts_text(with_facts)

        def found_in(edited: str) -> Sequence[Finding]:
            return self.check(_with_facts(told, edited_facts(edited, told)))

        passed = self.gate.passed(with_findings("facts", text, findings), found_in)
        if passed.text != text:
            with_facts = _with_facts(told, edited_facts(passed.text, told))
        return with_facts, findings

    async def _memories(
        self, told: Persona
    ) -> tuple[Persona, tuple[Memory, ...], tuple[Finding, ...]]:
        """The persona with its memories, those the model made, and what is wrong with them."""
        self.heard(Progress(stage="memories", total=len(told.episodes), words=told.story_words))
        wanted = due(told, ()).wanted
        attempt = self.gate.attempt("memories")
        done = await make_memories(
            told, wanted, self.author, concurrency=self.concurrency, attempt=attempt
        )
        memories = list(with_memories(told, done.memories).memories)
        unmade = tuple(_unmade(one, done) for one in wanted if one.memory in done.failures)
        rows = [one.model_dump(mode="json", exclude_defaults=True) for one in memories]
        text = yaml.safe_dump(rows, sort_keys=False, allow_unicode=True, width=100)
        findings = (*unmade, *memory_findings(told, memories, self.check))
        passed = self.gate.passed(
            with_findings("memories", text, findings),
            lambda edited: memory_findings(told, edited_memories(edited), self.check),
        )
        if passed.text != text:
            memories = edited_memories(passed.text)
            findings = (*unmade, *memory_findings(told, memories, self.check))
        made = tuple(one for one in memories if one == done.memories.get(one.id))
        whole = Persona.model_validate({**told.model_dump(), "memories": tuple(memories)})
        return whole, made, findings

    def _reviewed(
        self,
        persona: Persona,
        stage: str,
        text: Manuscript,
        found: Callable[[Manuscript], Sequence[Finding]],
        part: str = "",
    ) -> Manuscript:
        """The manuscript once its gate let it pass, as edited."""

        def read(edited: str) -> Manuscript:
            return read_manuscript(edited, life_of(persona.profile), text if part else None)

        product = with_findings(stage, text.to_file(), found(text), part)
        passed = self.gate.passed(product, lambda edited: found(read(edited)))
        return text if passed.text == product.text else read(passed.text)

    def _marked(self, persona: Persona) -> Persona:
        """The persona with a note of how it was written."""
        settings = self.settings.model_dump(mode="json", exclude={"gate_every", "temperature"})
        mark: dict[str, Any] = {**settings, "model": self.author.model}
        return persona.model_copy(update={"extra": {**persona.extra, "written": mark}})


def with_life(persona: Persona, biography: Manuscript, story: Manuscript) -> Persona:
    """The persona with this life; what belonged to another one is left behind.

    Questions stay where the profile alone answers them.
    """
    text, episodes = story.story()
    return persona.model_copy(
        update={
            "source": "written",
            "biography": biography.story()[0],
            "story": text,
            "episodes": episodes,
            "facts": (),
            "memories": (),
            "questions": tuple(one for one in persona.questions if one.basis == "profile"),
        }
    )


def _with_facts(persona: Persona, facts: tuple[Fact, ...]) -> Persona:
    return Persona.model_validate({**persona.model_dump(), "facts": facts})


def _unmade(wanted: Wanted, done: Made) -> Finding:
    return Finding(
        kind="memory-missing",
        severity="warning",
        message=f"episode {wanted.episode} has no memory: {done.failures[wanted.memory]}",
        episode=wanted.episode,
    )


def edited_memories(text: str) -> list[Memory]:
    """The memories that a person edited.

    Raises:
        InputError: the text is no list of memories.
    """
    try:
        return [Memory.model_validate(row) for row in yaml.safe_load(text) or []]
    except (yaml.YAMLError, ValueError, TypeError):
        raise InputError("the edited memories are no list of memories", path="memories") from None
