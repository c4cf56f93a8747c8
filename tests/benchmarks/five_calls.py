"""Prompt tokens of an answer, beside those of the paper's scheme of five calls.

    uv run python -m tests.benchmarks.five_calls [--characters FOLDER] [--json]

The scheme is rebuilt from its description (Xie et al., 2025), in our own words: the index of all
memories is shown in two halves, then a thought, a feeling and the answer are asked for, one after
the other, with one memory. The same characters answer the same self-report questions in the same
order. Where a prompt puts the question decides what a cache can do, and the description does not
say, so it comes both ways: ``index first`` (as in the published code) and ``question first``.

One rule of caching for all: a token counts as cached where the prompt from its beginning up to
there, in whole blocks, was sent before by the same scheme, and only in prompts that share at least
1,024 tokens (what providers state; ``--least 0`` lifts it). A token is counted as four characters.
Our prompts are taken from real runs against the test server, whose feelings, plans and answers are
as long as they are asked for; emotion and planning are sent at the same moment and counted as if
the second could already use what the first sent. The form of a reply (JSON schema) is a grammar on
one's own server and no part of the prompt; hosted services may put it in front of the messages.
There all replies have one form (``ModelInfo.one_form``): the rows ``schemas in front``, which count
it. One open answer of forty is
read again for its role, and those calls are counted, too (none of the library's forty right answers
would be). ``without memory`` is what remains where nothing is recalled. A second table says where
the uncached tokens are.
"""

import argparse
import asyncio
import json
import os
import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from evaluation.self_report import instrument_of
from personas.formats.imports import import_persona
from personas.library import library
from simulacra.cognition.persona_prompt import facts_of
from simulacra.domain.memory import Memory
from simulacra.domain.persona import Persona
from simulacra.domain.run import Mechanism, PersonaRef
from simulacra.settings import Settings
from simulacra.workspace import Workspace
from tests.support.openai_server import serve_in_thread

BAR = 0.2
_BLOCK = 64  # characters
_FELT = {
    "feeling": "I am a little wary of being asked about this so plainly.",
    "valence": -1,
    "arousal": 3,
    "emotions": [{"name": "curiosity", "intensity": 3, "cause": "a question nobody asks me"}],
}
_PLANNED = {
    "asked": "They want to know how I see this part of my life.",
    "knows": "all",
    "known": "I remember two winters at home that bear on it.",
    "unknown": "I cannot say what the others thought of it.",
    "stance": "I have made my peace with it, more or less.",
    "say": "I will tell them plainly how it was and leave it there.",
    "hold_back": "I keep to myself what it cost my mother.",
    "tone": "Dry and short, with a little warmth.",
}
_ANSWER = "It was my sister and I, mostly."
_SUSPECT = "I was told that my sister built it."
_SUSPECT_OF = 40  # of so many open answers one is read again; none of the forty right ones would be
_SAID = (
    "I would not have expected to be asked this, and I have to look back a long way for it. " * 2
)
Prompts = list[str]
Results = dict[str, dict[str, Any]]
OURS = ("cognitive", "cognitive:fused", "cognitive:without-memory")
THEIRS = ("index first", "question first")
PARTS = ("schema", "persona", "guide", "interview", "question")
PARTS += ("memories", "feeling", "plan", "options", "task")


def _written(said: Sequence[tuple[str, str]], schema: str | None, seed: int) -> str:
    """Replies as long as a model's that keeps to what it is asked: a short sentence for each part.

    Of listed options the first ones are chosen, as many as are asked for.
    """
    asked = said[-1][1]
    codes = re.findall(r"^(\S+) = ", asked, re.MULTILINE)
    wanted = re.search(r"hoose exactly (\d+) options", asked)
    answer: Any = codes[: int(wanted[1])] if wanted else codes[0] if codes else ""
    spoken = _ANSWER if seed % _SUSPECT_OF else _SUSPECT
    parts: dict[str, Any] = {"emotion": _FELT, "plan": _PLANNED, "answer": answer or spoken}
    if schema is None:
        return spoken
    if schema == "Moment" and "Tell your emotion" in asked:
        parts |= {"plan": None, "answer": None}
    elif schema == "Moment" and "Tell your plan" in asked:
        parts |= {"emotion": None, "answer": None}
    elif schema == "Moment" and "Tell your answer" in asked:
        parts |= {"emotion": None, "plan": None}
    verdict = {"why": "a person speaks of their own family", "role": "in"}
    whole = {
        "RoleVerdict": verdict,
        "Appraisal": _FELT,
        "Planned": _PLANNED,
        "answer": {"answer": answer},
    }
    return json.dumps(whole.get(schema, parts))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--characters", type=Path, metavar="FOLDER", help="Human Simulacra layout, or a pack"
    )
    parser.add_argument("--least", type=int, default=1024, help="tokens that a cache begins at")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    options = parser.parse_args()
    people = import_persona(options.characters) if options.characters else library()
    results = asyncio.run(measure([one for one in people if one.questions], options.least))
    if options.json:
        print(json.dumps(results))
    else:
        show(results)


def show(results: Results) -> None:
    """Two tables: what an answer costs, and where the uncached tokens are."""
    head = f"{'':<42} {'':>5} {'prompt':>7} {'':>8}   share of those of the five calls"
    columns = f"{'calls':>5} {'tokens':>7} {'uncached':>8}   {'   '.join(THEIRS)}"
    print(f"{head}\n{'an answer by':<42} {columns}")
    for name, row in results.items():
        shares = " ".join(f"{row[one]:>14.2f}" for one in THEIRS if one in row)
        print(
            f"{name:<42} {row['calls']:>5.1f} {row['prompt_tokens']:>7,.0f} "
            f"{row['uncached']:>8,.0f} {shares}"
        )
    print(
        f"The bar is {BAR}.\n\n{'uncached tokens in':<42} " + " ".join(f"{one:>9}" for one in PARTS)
    )
    for name, row in results.items():
        if "parts" in row:
            print(f"{name:<42} " + " ".join(f"{row['parts'][one]:>9.0f}" for one in PARTS))


async def measure(people: Sequence[Persona], least: int) -> Results:
    """Calls, prompt tokens and uncached ones an answer, by scheme; of ours also their share."""
    answers = sum(len(one.questions) for one in people)

    def row(prompts: Prompts) -> dict[str, Any]:
        total, fresh, parts = counted(prompts, least)
        return {
            "calls": len(prompts) / answers,
            "prompt_tokens": total / answers,
            "uncached": fresh / answers,
            "parts": {one: parts[one] / answers for one in PARTS},
        }

    five = {
        name: [prompt for one in people for prompt in _five(one, question_first=question_first)]
        for name, question_first in zip(THEIRS, (False, True), strict=True)
    }
    theirs = {name: row(prompts) for name, prompts in five.items()}
    for one in theirs.values():
        del one["parts"]  # those are the parts of our prompts
    results: Results = {}
    for way in OURS:
        for name, in_front in ((way, False), (f"{way}, schemas in front", True)):
            bodies = await _sent(people, way, in_front=in_front)
            results[name] = row([_text(one, schema=in_front) for one in bodies])
            for other, one in theirs.items():
                results[name][other] = results[name]["uncached"] / one["uncached"]
    return results | {f"five calls, {name}": one for name, one in theirs.items()}


def counted(prompts: Sequence[str], least: int) -> tuple[float, float, Counter[str]]:
    """Tokens of all prompts, those that no earlier prompt began with, and these by their part."""
    seen: set[int] = set()
    parts = Counter[str]()
    total = fresh = 0.0
    for prompt in prompts:
        cached, known, digest = 0, True, 0
        for start in range(0, len(prompt) - _BLOCK + 1, _BLOCK):
            digest = hash((digest, prompt[start : start + _BLOCK]))
            known = known and digest in seen
            cached += _BLOCK if known else 0
            seen.add(digest)
        cached = cached if cached >= 4 * least else 0
        total += len(prompt) / 4
        fresh += (len(prompt) - cached) / 4
        for name, start, end in _parts(prompt):
            parts[name] += max(0, end - max(start, cached)) / 4
    return total, fresh, parts


def _parts(prompt: str) -> Iterator[tuple[str, int, int]]:
    """The parts of one of our prompts: name, beginning, end."""
    asked = prompt.rfind("You are asked:")
    places = {
        "schema": -1 if prompt.startswith("<system>") else 0,
        "persona": prompt.find("<system>"),
        "guide": max(prompt.find("<user>Whenever"), prompt.find("<user>What you tell")),
        "interview": prompt.find("You are asked:"),
        "question": asked,
        "memories": prompt.find("You remember:", asked),
        "feeling": prompt.find("Your feeling:", asked),
        "plan": prompt.find("Your thought:", asked),
        "options": prompt.find("The options:", asked),
        "task": prompt.rfind("\n\n"),
    }
    found = sorted((place, name) for name, place in places.items() if place >= 0)
    ends = [place for place, _ in found[1:]] + [len(prompt)]
    for (start, name), end in zip(found, ends, strict=True):
        yield name, start, end


async def _sent(people: Sequence[Persona], way: str, *, in_front: bool) -> list[dict[str, Any]]:
    """The requests of a mechanism, in the order they were sent."""
    mind = Mechanism.named(way)
    with (
        tempfile.TemporaryDirectory() as folder,
        serve_in_thread(keep=True, write=_written) as server,
    ):
        os.environ |= {"OPENAI_API_KEY": "sk-any", "OPENAI_BASE_URL": server.url}
        settings = Settings(detail="full", one_form=in_front)
        with Workspace.open(Path(folder), settings=settings) as workspace:
            for one in people:
                stored = workspace.personas.save(one)
                ref = PersonaRef(id=stored.id, version=stored.version)
                run_id = workspace.plan(
                    instrument_of(one),
                    [ref],
                    mode=mind.mode,
                    without=mind.without,
                    model="openai:m",
                    concurrency=1,
                )
                await workspace.run(run_id)
            await workspace.aclose()
        return [seen.body for seen in server.requests]


def _text(body: dict[str, Any], *, schema: bool) -> str:
    form = body.get("response_format") if schema else None
    said = "".join(f"<{one['role']}>{one['content']}" for one in body["messages"])
    return (json.dumps(form) if form else "") + said


def _five(persona: Persona, *, question_first: bool) -> Iterator[str]:
    """The prompts of the five calls for each question of a persona."""
    basics = "; ".join(f"{label}: {value}" for label, value in facts_of(persona))
    traits = "\n".join(f"- {one.text}" for one in persona.personality.traits)
    who = f"You are {persona.name}. What is known of you: {basics}\n\nYour character:\n{traits}"
    lived = list(persona.memories)
    halves = (lived[: len(lived) // 2], lived[len(lived) // 2 :])
    for number, item in enumerate(instrument_of(persona).items):
        question = "\n".join([item.text, *(one.label for one in item.options)])
        for half in halves:
            index = json.dumps({one.id: one.summary for one in half}, ensure_ascii=False)
            parts = [f"The question: {question}", f"The memories: {index}"]
            asked = "\n\n".join(parts if question_first else reversed(parts))
            yield (
                f"<system>You look up the memories of {persona.name}. Each has a number and a "
                "summary. Compare the question with every summary and name the numbers of the one "
                f"or two that fit best.<user>{asked}\n\nWhich numbers?"
            )
        yield (
            f"<system>{who}\n\nYour life:\n{persona.biography}\n\nSay what you think, "
            f"in at most 30 words, in the first person.<user>{question}\n\nWhat do you think?"
        )
        yield (
            f"<system>{who}\n\nSay what you feel at a question, in at most 30 words, in the first "
            f"person.<user>{question}\n\nWhat do you feel?"
        )
        memory = _whole(lived[number % len(lived)]) if lived else ""
        yield (
            f"<system>{who}\n\nYour life:\n{persona.biography}\n\nAnswer as yourself, and briefly."
            f"<user>You remember: {memory}\n\nYou think: {_SAID}\n\nYou feel: {_SAID}\n\n"
            f"Your character:\n{traits}\n\n{question}\n\nYour answer?"
        )


def _whole(memory: Memory) -> str:
    return " ".join((memory.content, memory.thought, memory.feeling))


if __name__ == "__main__":
    main()
