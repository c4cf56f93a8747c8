"""How a closed question is best put to a model that is scored: right answers by elicitation.

    python tests/benchmarks/elicitation.py --characters FOLDER [--model embedded] [--json]

Each character answers its single and multiple choice questions by the method ``cognitive``; the
options are then weighed in several ways on the very prompts that the answers came from. What is
shipped is PMI. Options that are listed stand in the same prompt, before the task.

A choice among elicitations that is made on the questions it is measured on looks better than it is:
the last lines choose the best on all characters but one and count on the one left out.
"""

import argparse
import asyncio
import json
import string
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.stats import binomtest

from evaluation.intervals import share_interval
from evaluation.scoring import maximum, score_question
from evaluation.self_report import instrument_of
from personas.formats.imports import import_persona
from simulacra.cognition.elicitation import task_of
from simulacra.domain.answer import Answer
from simulacra.domain.call import Call, Message, Request, Scores
from simulacra.domain.persona import Persona, SelfReportQuestion
from simulacra.domain.run import Cell, PersonaRef
from simulacra.domain.survey import Kind, Question
from simulacra.errors import InputError, SimulacraError, WorkFailed
from simulacra.llm.port import Model
from simulacra.workspace import Workspace

SCORED_TASK = "Answer in your own words."


class Asked(NamedTuple):
    """One question as it was put, and how likely each option is in each way of asking."""

    person: str
    key: SelfReportQuestion
    question: Question
    mine: Scores
    base: Scores
    by_letter: Scores
    by_text: Scores


Weigh = Callable[[Asked], Sequence[float]]


def pmi(asked: Asked, weight: float = 1.0, *, per_token: bool = False) -> list[float]:
    """Log-probability in person less ``weight`` times that of anybody."""
    gains = [
        mine - weight * base
        for mine, base in zip(asked.mine.logprobs, asked.base.logprobs, strict=True)
    ]
    if per_token:
        return [gain / tokens for gain, tokens in zip(gains, asked.mine.tokens, strict=True)]
    return gains


ELICITATIONS: Mapping[str, Weigh] = {
    "sum": lambda asked: asked.mine.logprobs,
    "mean per token": lambda asked: pmi(asked, 0.0, per_token=True),
    "PMI (ships)": pmi,
    "PMI per token": lambda asked: pmi(asked, per_token=True),
    "half prior": lambda asked: pmi(asked, 0.5),
    "listed, letter": lambda asked: asked.by_letter.logprobs,
    "listed, text": lambda asked: asked.by_text.logprobs,
}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--characters",
        type=Path,
        required=True,
        metavar="FOLDER",
        help="a folder in the Human Simulacra layout, or a persona pack",
    )
    parser.add_argument("--model", default="embedded", metavar="SPEC")
    parser.add_argument("--seed", type=int, default=0, metavar="S")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    return parser.parse_args()


async def measure(options: argparse.Namespace, folder: Path) -> list[Asked]:
    workspace = Workspace.open(folder)
    try:
        model = workspace.model(options.model)
        if model.info.elicitation != "score":
            raise InputError(f"{options.model} is not scored: it answers by structured output")
        found: list[Asked] = []
        for persona in import_persona(options.characters):
            print(persona.name, file=sys.stderr)
            found += await _person(workspace, model, workspace.personas.save(persona), options)
        return found
    finally:
        await workspace.aclose()


async def _person(
    workspace: Workspace, model: Model, persona: Persona, options: argparse.Namespace
) -> list[Asked]:
    closed = tuple(one for one in persona.questions if one.kind != "cloze")
    instrument = instrument_of(persona.model_copy(update={"questions": closed}))
    who = [PersonaRef(id=persona.id, version=persona.version)]
    run_id = workspace.plan(instrument, who, model=options.model, seed=options.seed)
    await workspace.run(run_id)
    cells = [cell for _, cell in workspace.runs.records(run_id)]
    return [
        await _weighed(model, persona.name, key, cell)
        for key, cell in zip(closed, cells, strict=True)
    ]


async def _weighed(model: Model, person: str, key: SelfReportQuestion, cell: Cell) -> Asked:
    labels = [option.label for option in cell.question.options]
    letters = string.ascii_uppercase[: len(labels)]
    mine, base = _prompts(cell)
    return Asked(
        person=person,
        key=key,
        question=cell.question,
        mine=await model.score(mine, labels),
        base=await model.score(base, labels),
        by_letter=await model.score(
            _listed(mine, letters, labels, "Answer with the letter only."), list(letters)
        ),
        by_text=await model.score(_listed(mine, letters, labels, task_of(cell.question)), labels),
    )


def _prompts(cell: Cell) -> tuple[Request, Request]:
    """The request with the person in front and the one with nobody, as they were sent."""
    calls: list[Call] = [call for call in cell.calls if call.request.agent == "top"]
    if len(calls) != 2:
        raise WorkFailed(f"{cell.item_id} was not scored: {cell.response}")
    return calls[0].request, calls[1].request


def _listed(request: Request, letters: str, labels: Sequence[str], task: str) -> Request:
    """The request with its options in view, in the order shown."""
    lines = [f"{letter} = {label}" for letter, label in zip(letters, labels, strict=True)]
    shown = "\n".join(["The options:", *lines, "", task])
    messages = [
        Message(role=one.role, text=one.text.replace(SCORED_TASK, shown))
        for one in request.messages
    ]
    return request.model_copy(update={"messages": tuple(messages)})


def points(asked: Asked, weigh: Weigh) -> float:
    """Points of the likeliest option, or of as many as a multiple choice takes; ties by code."""
    ranked = sorted(
        zip(weigh(asked), asked.question.order, strict=True), key=lambda pair: (-pair[0], pair[1])
    )
    wanted = asked.question.choose[0] if asked.question.choose else 1
    codes = tuple(code for _, code in ranked[:wanted])
    return score_question(asked.key, Answer(codes=codes)).points


def summary(found: Sequence[Asked]) -> list[dict[str, object]]:
    """One row an elicitation: right single choices (Wilson interval), points of the multiple."""
    single = [one for one in found if one.question.kind is Kind.SINGLE]
    multiple = [one for one in found if one.question.kind is Kind.MULTI]
    rows: list[dict[str, object]] = []
    for name, weigh in ELICITATIONS.items():
        right = sum(points(one, weigh) > 0 for one in single)
        wilson = binomtest(right, len(single)).proportion_ci(method="wilson")
        got = np.array([[points(one, weigh) for one in multiple]])
        most = np.array([float(maximum(one.key)) for one in multiple])
        interval = share_interval(got, most, [one.person for one in multiple], seed=0)
        rows.append(
            {
                "elicitation": name,
                "single_right": right,
                "single_of": len(single),
                "single_interval": [round(100 * wilson.low, 1), round(100 * wilson.high, 1)],
                "multiple_points": float(got.sum()),
                "multiple_of": float(most.sum()),
                "multiple_interval": [round(interval.low, 1), round(interval.high, 1)],
                "single_by_character": _by_character(single, weigh),
            }
        )
    return rows


def _by_character(single: Sequence[Asked], weigh: Weigh) -> dict[str, int]:
    people = dict.fromkeys(one.person for one in single)
    return {
        person: sum(points(one, weigh) > 0 for one in single if one.person == person)
        for person in people
    }


def left_out(found: Sequence[Asked]) -> list[dict[str, object]]:
    """For each character: what is best on the others (the first of equals), and what it earns."""
    folds: list[dict[str, object]] = []
    for person in dict.fromkeys(one.person for one in found):
        others = [one for one in found if one.person != person]
        own = [one for one in found if one.person == person]
        best = max(ELICITATIONS, key=lambda name: _share(others, ELICITATIONS[name]))
        folds.append(
            {
                "character": person,
                "chosen": best,
                "on_the_others": round(_share(others, ELICITATIONS[best]), 1),
                "left_out": round(_share(own, ELICITATIONS[best]), 1),
                "PMI_there": round(_share(own, pmi), 1),
            }
        )
    return folds


def _share(found: Sequence[Asked], weigh: Weigh) -> float:
    """Points of all closed questions, 0 to 100."""
    possible = sum(maximum(one.key) for one in found)
    return 100 * sum(points(one, weigh) for one in found) / possible if possible else 0.0


def show(found: Sequence[Asked], model: str) -> None:
    people = len({one.person for one in found})
    print(f"{people} characters, {len(found)} closed questions, method cognitive, model {model}")
    print(
        f"{'elicitation':<16} {'single right':>12}  95% interval    multiple points  95% interval"
    )
    for row in summary(found):
        single = f"{row['single_right']} of {row['single_of']}"
        multiple = f"{row['multiple_points']:g} of {row['multiple_of']:g}"
        spans = [
            "{:.0f} to {:.0f}%".format(*row[name])  # type: ignore[misc]
            for name in ("single_interval", "multiple_interval")
        ]
        print(f"{row['elicitation']:<16} {single:>12}  {spans[0]:<14}  {multiple:>15}  {spans[1]}")
    if people > 1:
        print(
            "\nChosen on all characters but one, counted on that one (closed questions, 0 to 100):"
        )
        for fold in left_out(found):
            print(
                f"  {fold['character']}: {fold['chosen']}, {fold['on_the_others']} on the others, "
                f"{fold['left_out']} here (PMI {fold['PMI_there']})"
            )


def main() -> int:
    options = arguments()
    try:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            found = asyncio.run(measure(options, Path(folder)))
    except SimulacraError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    if options.json:
        print(json.dumps({"elicitations": summary(found), "left_out": left_out(found)}))
    else:
        show(found, options.model)
    return 0


if __name__ == "__main__":
    sys.exit(main())
