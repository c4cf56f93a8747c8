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
Our calls are taken from real runs against the test server; emotion and planning are sent at the
same moment and counted as if the second could already use what the first sent. The form of a reply
(JSON schema) is a grammar on one's own server and no part of the prompt; hosted services may put it
in front of the messages, and then agents share no beginning: the second row and the second ratio.
"""

import argparse
import asyncio
import json
import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from evaluation.self_report import instrument_of
from personas.formats.imports import import_persona
from personas.library import library
from simulacra.cognition.persona_prompt import facts_of
from simulacra.domain.memory import Memory
from simulacra.domain.persona import Persona
from simulacra.domain.run import PersonaRef
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
_SAID = (
    "I would not have expected to be asked this, and I have to look back a long way for it. " * 2
)
Prompts = list[str]


def _written(said: Sequence[tuple[str, str]], schema: str | None, seed: int) -> str:
    """Replies as long as a model's that keeps to what it is asked: a short sentence for each part.

    Of listed options the first ones are chosen, as many as are asked for.
    """
    asked = said[-1][1]
    codes = re.findall(r"^(\S+) = ", asked, re.MULTILINE)
    wanted = re.search(r"Choose exactly (\d+) options", asked)
    answer: Any = codes[: int(wanted[1])] if wanted else codes[0] if codes else ""
    parts = {"emotion": _FELT, "plan": _PLANNED, "answer": answer or _SAID.strip()}
    whole = {"Appraisal": _FELT, "Planned": _PLANNED, "answer": {"answer": answer}, "fused": parts}
    return json.dumps(whole[schema]) if schema else "It was my sister and I, mostly."


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
        return
    head = f"{'scheme':<34} {'calls':>6} {'prompt tokens':>14} {'uncached':>10} {'ratio':>7}"
    print(f"{head} {'schemas':>8}")
    for name, row in results.items():
        print(
            f"{name:<34} {row['calls']:>6.1f} {row['prompt_tokens']:>14,.0f} "
            f"{row['uncached']:>10,.0f} {row['ratio']:>7.2f} {row['ratio_with_schemas']:>8.2f}"
        )
    print(f"All an answer; ratio: cognitive's uncached tokens over those of the row (bar: {BAR}).")


async def measure(people: Sequence[Persona], least: int) -> dict[str, dict[str, float]]:
    """Calls, prompt tokens and uncached ones an answer, by scheme, and cognitive's share."""
    answers = sum(len(one.questions) for one in people)
    plain, in_front = await _ours(people)
    schemes = {
        "cognitive": plain,
        "cognitive, schemas in front": in_front,
        "five calls, index first": [p for one in people for p in _five(one, question_first=False)],
        "five calls, question first": [
            p for one in people for p in _five(one, question_first=True)
        ],
    }
    results = {}
    for name, prompts in schemes.items():
        total, fresh = counted(prompts, least)
        results[name] = {
            "calls": len(prompts) / answers,
            "prompt_tokens": total / answers,
            "uncached": fresh / answers,
        }
    for row in results.values():
        row["ratio"] = results["cognitive"]["uncached"] / row["uncached"]
        front = results["cognitive, schemas in front"]["uncached"]
        row["ratio_with_schemas"] = front / row["uncached"]
    return results


def counted(prompts: Sequence[str], least: int) -> tuple[float, float]:
    """Tokens of all prompts, and those that no earlier prompt began with."""
    seen: set[int] = set()
    total = fresh = 0.0
    for prompt in prompts:
        cached, known, digest = 0, True, 0
        for start in range(0, len(prompt) - _BLOCK + 1, _BLOCK):
            digest = hash((digest, prompt[start : start + _BLOCK]))
            known = known and digest in seen
            cached += _BLOCK if known else 0
            seen.add(digest)
        total += len(prompt) / 4
        fresh += (len(prompt) - (cached if cached >= 4 * least else 0)) / 4
    return total, fresh


async def _ours(people: Sequence[Persona]) -> tuple[Prompts, Prompts]:
    """The messages that were sent, and these with the schemas in front."""
    with (
        tempfile.TemporaryDirectory() as folder,
        serve_in_thread(keep=True, write=_written) as server,
    ):
        os.environ |= {"OPENAI_API_KEY": "sk-any", "OPENAI_BASE_URL": server.url}
        with Workspace.open(Path(folder), settings=Settings(detail="full")) as workspace:
            for one in people:
                stored = workspace.personas.save(one)
                ref = PersonaRef(id=stored.id, version=stored.version)
                run_id = workspace.plan(instrument_of(one), [ref], model="openai:m", concurrency=1)
                await workspace.run(run_id)
            await workspace.aclose()
        bodies = [seen.body for seen in server.requests]
    return [_text(one, schema=False) for one in bodies], [_text(one, schema=True) for one in bodies]


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
