"""Writing one character of a workspace: begun, stopped, reviewed, gone on with, saved."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any, TypeVar

from personas.authoring.author import Author, OnCall
from personas.authoring.biography import biography_findings
from personas.authoring.brief import TEMPERATURE, told_twice
from personas.authoring.facts import edited_facts
from personas.authoring.gate import Gate, ReviewNeeded, decide, with_findings_of
from personas.authoring.life import life_of
from personas.authoring.manuscript import read_manuscript
from personas.authoring.outline import read_outline
from personas.authoring.pipeline import (
    Heard,
    Pipeline,
    Written,
    edited_memories,
    nothing,
    with_life,
)
from personas.authoring.questions import edited_questions
from personas.authoring.remembering import records
from personas.authoring.settings import WriteSettings
from personas.authoring.stage_findings import (
    biography_contradictions,
    memory_findings,
    outline_contradictions,
)
from personas.checks.finding import Check, Finding, no_findings
from personas.checks.questions import set_findings
from simulacra.domain.authoring import Decision, Product, Review, Work, WorkStatus
from simulacra.domain.base import Frozen
from simulacra.domain.change import Draft
from simulacra.domain.persona import Persona
from simulacra.errors import InputError, Interrupted
from simulacra.llm.budgets import Budget
from simulacra.llm.limits import Bounded, Stoppable
from simulacra.memory.embedders import WordLlamaEmbedder
from simulacra.runs.interrupts import interrupts
from simulacra.workspace import Workspace

_TEXTS = ("biography", "story")
T = TypeVar("T")

STAGE = "stage"
"""Which setting of a work names its stage, where it is no whole life."""


class WorkOptions(Frozen):
    """What may differ from one start of a work to the next.

    ``concurrency`` calls at once; ``by`` and ``reason`` go into the rows of automatic approvals.
    """

    concurrency: int = 16
    budget: Budget = Budget()
    auto_approve: bool = False
    by: str = ""
    reason: str = ""


def unfinished(workspace: Workspace, persona: Persona) -> Work | None:
    """The newest work on a persona where it is not done, and a life is what it writes."""
    work = workspace.authoring.work(persona.id)
    if work is None or work.status is WorkStatus.DONE or STAGE in work.settings:
        return None
    return work


def begin(workspace: Workspace, persona: Persona, settings: WriteSettings, model: str) -> Work:
    """The unfinished work with these settings, or a new one."""
    document: dict[str, Any] = {**settings.model_dump(mode="json"), "model": model}
    return workspace.authoring.begin(persona.id, document)


def settings_of(work: Work) -> tuple[WriteSettings, str]:
    """The settings of a work and its model spec."""
    document = dict(work.settings)
    model = document.pop("model")
    return WriteSettings.model_validate(document), model


async def write(
    workspace: Workspace,
    persona: Persona,
    work: Work,
    options: WorkOptions,
    *,
    check: Check = no_findings,
    on_call: OnCall | None = None,
    heard: Heard = nothing,
) -> Written:
    """Go on with a work until it is done; the persona is saved as a new version.

    Raises:
        ReviewNeeded: a gate waits; the work says which product.
        BudgetSpent, ModelError, InputError: see ``Pipeline.write``; another process writes it.
        KeyboardInterrupt: the user stopped it; what was bought is kept.
    """
    settings, model = settings_of(work)
    author, stop = hired(
        workspace,
        persona,
        work,
        model,
        options,
        seed=settings.seed,
        temperature=settings.temperature,
        on_call=on_call,
    )
    gate = gate_of(workspace, persona, options)
    pipeline = Pipeline(
        author,
        settings,
        gate,
        WordLlamaEmbedder(),
        check=check,
        concurrency=options.concurrency,
        heard=heard,
    )
    store = workspace.authoring
    with workspace.sole_writer(persona):
        written = await at_work(workspace, persona, work, lambda: pipeline.write(persona), stop)
        saved = _saved(workspace, persona, written, options.by)
        store.stand(persona.id, work.number, WorkStatus.DONE)
    return written.model_copy(update={"persona": saved})


def _saved(workspace: Workspace, before: Persona, written: Written, by: str) -> Persona:
    """The written persona as a new version, with a note of which memories a model made."""
    after = written.persona.model_copy(update={"version": before.version})
    if after == before:  # the same work, done again
        return before
    draft = Draft(
        kind="write",
        summary=f"a life of {after.story_words:,} words written",
        details={"made": records(after, written.made)},
    )
    return workspace.changes.apply(after, draft, by=by)[0]


def hired(
    workspace: Workspace,
    persona: Persona,
    work: Work,
    model: str,
    options: WorkOptions,
    *,
    seed: int,
    temperature: float | None = None,
    on_call: OnCall | None = None,
) -> tuple[Author, Callable[[], None]]:
    """An author for a work, and what lets no further call of it begin."""
    if temperature is None and workspace.model(model).info.detail == "brief":
        temperature = TEMPERATURE
    writer = Stoppable(workspace.author_model(persona.id, model, options.budget, work.created))
    author = Author(
        Bounded(writer, options.concurrency),
        workspace.authoring,
        persona.id,
        seed=seed,
        temperature=temperature,
        on_call=on_call,
    )
    return author, writer.stop


def gate_of(workspace: Workspace, persona: Persona, options: WorkOptions) -> Gate:
    """The review gate of a persona."""
    return Gate(
        workspace.authoring,
        persona.id,
        auto_approve=options.auto_approve,
        by=options.by,
        reason=options.reason,
    )


async def at_work(
    workspace: Workspace,
    persona: Persona,
    work: Work,
    piece: Callable[[], Coroutine[Any, Any, T]],
    stop: Callable[[], None],
) -> T:
    """The result of a work, which stands as under way, or waiting where a gate holds it.

    The first Ctrl-C lets calls under way end and be kept, the second gives them up.

    Raises:
        ReviewNeeded: a gate waits; the work says which product.
        KeyboardInterrupt: the user stopped it.
    """
    store = workspace.authoring
    store.stand(persona.id, work.number, WorkStatus.WORKING)
    task = asyncio.ensure_future(piece())
    with interrupts(stop, lambda: _cancel(task)):
        try:
            return await task
        except ReviewNeeded as needed:
            store.stand(persona.id, work.number, WorkStatus.WAITING, needed.product.hash)
            raise
        except Interrupted:
            raise KeyboardInterrupt from None
        except asyncio.CancelledError:
            current = asyncio.current_task()
            if current is not None and current.cancelling():
                raise
            raise KeyboardInterrupt from None


def _cancel(task: asyncio.Task[Any]) -> None:
    task.cancel()


def decide_on(
    workspace: Workspace,
    persona: Persona,
    product: Product,
    decision: Decision,
    *,
    by: str,
    reason: str = "",
    text: str | None = None,
    check: Check = no_findings,
) -> Review:
    """Record a decision about a product; an edited ``text`` is read and checked as its stage is.

    Raises:
        InputError: the text cannot be read, or a reason is missing (see ``gate.decide``).
    """
    edited = None if text is None else _edited(workspace, persona, product, text, check)
    store = workspace.authoring
    row = decide(store, persona.id, product, decision, by=by, reason=reason, replacement=edited)
    work = store.work(persona.id)
    if work is not None and work.product and store.product(persona.id, work.product) == product:
        store.stand(persona.id, work.number, WorkStatus.WORKING)
    return row


def _edited(
    workspace: Workspace, persona: Persona, product: Product, text: str, check: Check
) -> Product:
    """The product with another text, read as the pipeline will, and what is wrong with that."""
    passed = partial(_passed, workspace, persona)
    return with_findings_of(
        product.model_copy(update={"text": text}),
        _wrong_with(persona, product.stage, text, passed, check),
    )


def _wrong_with(
    persona: Persona, stage: str, text: str, passed: Callable[[str], str], check: Check
) -> Sequence[Finding]:
    """What is wrong with the text of a stage; ``passed`` gives that of one before it."""
    life = life_of(persona.profile)
    if stage == "questions":
        return set_findings(persona, edited_questions(text, persona))
    if stage == "outline":
        outline = read_outline(text, life)
        return [*told_twice(outline), *outline_contradictions(persona, outline, check)]
    if stage in ("biography", "story"):
        chapters = read_manuscript(text, life)
        if not chapters.chapters:
            raise InputError(f"the {stage} has no headings '## id | date | age N | title'")
        if stage == "biography":
            wrong = biography_contradictions(persona, chapters, check)
            return [*biography_findings(persona, chapters), *wrong]
        return check(with_life(persona, read_manuscript(passed("biography"), life), chapters))
    told = with_life(persona, *(read_manuscript(passed(one), life) for one in _TEXTS))
    facts = text if stage == "facts" else passed("facts")
    told = told.model_copy(update={"facts": edited_facts(facts, told)})
    if stage == "facts":
        return check(told)
    return memory_findings(told, edited_memories(text), check)


def _passed(workspace: Workspace, persona: Persona, stage: str) -> str:
    """The text of a stage as it was let pass last."""
    rows = [
        row
        for row in workspace.authoring.reviews(persona.id)
        if (row.stage, row.part) == (stage, "")
    ]
    digest = rows[-1].replacement or rows[-1].product
    return workspace.authoring.product(persona.id, digest).text
