"""Making the questions of one person of a workspace: begun, stopped, reviewed, saved."""

from collections.abc import Sequence
from typing import Any

from personas.authoring.author import Author, OnCall
from personas.authoring.choice import STAGE
from personas.authoring.gate import Gate, with_findings
from personas.authoring.pipeline import Heard, Progress, nothing
from personas.authoring.questions import (
    QuestionSet,
    edited_questions,
    make_questions,
    questions_text,
    slots,
)
from personas.authoring.work import STAGE as STAGE_KEY
from personas.authoring.work import WorkOptions, at_work, gate_of, hired
from personas.checks.finding import Finding
from personas.checks.questions import set_findings
from simulacra.domain.authoring import Work, WorkStatus
from simulacra.domain.base import Frozen
from simulacra.domain.change import Draft
from simulacra.domain.persona import Persona, SelfReportQuestion
from simulacra.errors import BadReply, InputError
from simulacra.workspace import Workspace


class Questioned(Frozen):
    """The person with the questions, as saved, and what the checks said of them."""

    persona: Persona
    findings: tuple[Finding, ...] = ()


def unfinished_questions(workspace: Workspace, persona: Persona) -> Work | None:
    """The newest work on a person where it is not done, and questions are what it makes."""
    work = workspace.authoring.work(persona.id)
    if work is None or work.status is WorkStatus.DONE or work.settings.get(STAGE_KEY) != STAGE:
        return None
    return work


def begin_questions(
    workspace: Workspace, persona: Persona, *, model: str | None, seed: int | None, again: bool
) -> Work:
    """The unfinished work on a person's questions, or a new one.

    What is left out is that of the unfinished work, else the workspace's model and seed 0.
    ``again`` lets new questions take the place of those there are.

    Raises:
        InputError: there is nothing to ask about, or there are questions already.
    """
    slots(persona)
    going = unfinished_questions(workspace, persona)
    if persona.questions and not again and going is None:
        raise InputError(
            f"{persona.name} has {len(persona.questions)} questions already: --again makes new "
            "ones in their place"
        )
    making = sum(one.kind == STAGE for one in workspace.changes.list(persona.id))
    before: dict[str, Any] = going.settings if going else {"making": making + 1}
    document = {
        **before,
        STAGE_KEY: STAGE,
        "model": model or before.get("model") or workspace.settings.model,
        "seed": before.get("seed", 0) if seed is None else seed,
    }
    return workspace.authoring.begin(persona.id, document)


async def question(
    workspace: Workspace,
    persona: Persona,
    work: Work,
    options: WorkOptions,
    *,
    on_call: OnCall | None = None,
    heard: Heard = nothing,
) -> Questioned:
    """Go on with a work until its questions are saved, as a new version of the person.

    Raises:
        ReviewNeeded: the questions wait for a decision; the work says so.
        BadReply: the model gave no whole set of questions; what it gave is kept in the ledger.
        BudgetSpent, ModelError: no further call can be made.
        InputError: another process writes the person, or an edited text cannot be read.
        KeyboardInterrupt: the user stopped it; what was bought is kept.
    """
    author, stop = hired(
        workspace,
        persona,
        work,
        work.settings["model"],
        options,
        seed=work.settings["seed"],
        on_call=on_call,
    )
    gate = gate_of(workspace, persona, options)
    making = work.settings["making"]

    async def piece() -> Questioned:
        return await _passed(persona, author, gate, making, options.concurrency, heard)

    with workspace.sole_writer(persona):
        done = await at_work(workspace, persona, work, piece, stop)
        saved = _saved(workspace, persona, done.persona, options.by)
        workspace.authoring.stand(persona.id, work.number, WorkStatus.DONE)
    return done.model_copy(update={"persona": saved})


async def _passed(
    persona: Persona, author: Author, gate: Gate, making: int, concurrency: int, heard: Heard
) -> Questioned:
    """The person with the questions that passed their gate."""
    total, done = len(slots(persona)), 0
    heard(Progress(stage=STAGE, total=total))

    def counted(_: str) -> None:
        nonlocal done
        done = min(done + 1, total)
        heard(Progress(stage=STAGE, done=done, total=total))

    made = await make_questions(
        persona,
        author,
        concurrency=concurrency,
        # Sent back by a reviewer, or asked for again when they were made: other seeds either way.
        attempt=gate.attempt(STAGE) + making - 1,
        note=gate.note(STAGE),
        on_done=counted,
    )
    if made.failures:
        raise BadReply(_failed(persona, made))
    text = questions_text(made.questions)
    product = with_findings(STAGE, text, made.findings)
    passed = gate.passed(product, lambda edited: _wrong_with(persona, edited))
    if passed.text == text:
        return Questioned(persona=_with(persona, made.questions), findings=made.findings)
    edited = edited_questions(passed.text, persona)
    findings = tuple(_wrong_with(persona, passed.text))
    return Questioned(persona=_with(persona, edited), findings=findings)


def _wrong_with(persona: Persona, text: str) -> Sequence[Finding]:
    return set_findings(persona, edited_questions(text, persona))


def _failed(persona: Persona, made: QuestionSet) -> str:
    first, words = next(iter(made.failures.items()))
    return (
        f"{len(made.failures)} of {len(slots(persona))} questions about {persona.name} failed "
        f"({first}: {words}); none is saved. Another --seed or --model may do better"
    )


def _with(persona: Persona, questions: tuple[SelfReportQuestion, ...]) -> Persona:
    return Persona.model_validate({**persona.model_dump(), "questions": questions})


def _saved(workspace: Workspace, before: Persona, after: Persona, by: str) -> Persona:
    """The person as a new version; the same work, done again, changes nothing."""
    if after == before:
        return before
    ids = dict.fromkeys(one.id for one in (*before.questions, *after.questions))
    draft = Draft(
        kind="questions",
        summary=f"{len(after.questions)} questions made",
        refreshed=tuple(f"question:{one}" for one in ids),
    )
    return workspace.changes.apply(after, draft, by=by)[0]
