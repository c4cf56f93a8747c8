"""Has a model score candidates: one structured call each, several at once, every one kept."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from personas.authoring.author import PROMPTS, Author, Step
from personas.selection.candidates import described, nearest, summary
from simulacra.domain.persona import Persona
from simulacra.domain.selection import Score, Verdict
from simulacra.errors import BadReply
from simulacra.prompting import Prompt, find_template

PROMPT = "select"
STAGE = "select"
MAX_TOKENS = 500


def prompts(candidates: Sequence[Persona], neighbours: int) -> dict[str, Prompt]:
    """What the model is asked about each candidate, by id."""
    beside = nearest(candidates, neighbours)
    template = find_template(PROMPT, PROMPTS)
    return {
        one.id: template.render(
            {"fields": described(one), "others": [summary(other) for other in beside[one.id]]}
        )
        for one in candidates
    }


async def score_all(
    asked: Mapping[str, Prompt],
    author_of: Callable[[str], Author],
    keep: Callable[[Score], None],
    *,
    concurrency: int = 8,
) -> None:
    """Ask about every candidate, at most ``concurrency`` at a time, and ``keep`` each score.

    A candidate about whom the model twice says nothing usable gets a score that says so. Any other
    failure stops the work; what was bought is kept, so that doing it again goes on from there.

    Raises:
        ModelError: the model or its server failed.
    """
    places = asyncio.Semaphore(concurrency)

    async def one(persona_id: str, prompt: Prompt) -> None:
        async with places:
            found = await score(author_of(persona_id), prompt)
            await asyncio.to_thread(keep, found)

    try:
        async with asyncio.TaskGroup() as group:
            for persona_id, prompt in asked.items():
                group.create_task(one(persona_id, prompt))
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None


async def score(author: Author, prompt: Prompt) -> Score:
    """The score of one candidate.

    Raises:
        ModelError: the model or its server failed.
    """
    try:
        verdict = await author.fill(Step(stage=STAGE), prompt, Verdict, max_tokens=MAX_TOKENS)
    except BadReply as error:
        return Score(persona_id=author.persona_id, note=str(error))
    return Score(persona_id=author.persona_id, verdict=verdict)
