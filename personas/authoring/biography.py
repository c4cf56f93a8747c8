"""The biography: at most 1,000 words, every attribute in it, each paragraph an episode."""

from pydantic import Field

from personas.authoring.author import PROMPTS, Author, Step
from personas.authoring.manuscript import Manuscript, blank, paragraphs_of
from personas.authoring.outline import Outline
from personas.authoring.portrait import portrait
from personas.authoring.settings import reply_tokens, word_count
from personas.authoring.stage_findings import biography_contradictions
from personas.authoring.unmentioned import unmentioned
from personas.checks.finding import Check, Finding, no_findings
from simulacra.domain.base import Frozen
from simulacra.domain.call import Message
from simulacra.domain.persona import Persona
from simulacra.prompting import find_template

LIMIT = 1000
"""Words that a biography never exceeds (Xie et al., 2025)."""

_ROUNDS = 3


class Paragraph(Frozen):
    """One paragraph and the id of its episode."""

    episode: str
    text: str = Field(min_length=1)


class Told(Frozen):
    """What the model is asked for."""

    paragraphs: tuple[Paragraph, ...] = Field(min_length=1)


async def write_biography(
    author: Author,
    persona: Persona,
    outline: Outline,
    words: int,
    *,
    attempt: int = 1,
    note: str = "",
    check: Check = no_findings,
    settled: bool = False,
) -> Manuscript:
    """The biography, its paragraphs under the episodes they tell.

    What ``biography_findings`` finds, and the contradictions that ``check`` does, is named and
    asked for again, twice at most; what is left then is for the reviewer to see. Where the
    biography is ``settled``, what checks find by now is asked for only if it was before.
    """
    prompt = find_template("biography", PROMPTS).render(
        {
            "portrait": portrait(persona),
            "episodes": outline.episodes,
            "name": persona.name,
            "words": words,
            "note": note,
        }
    )
    best, messages = blank(outline), prompt.messages
    best_faults: list[str] | None = None
    for number in range(1, _ROUNDS + 1):
        step = Step(stage="biography", part=f"round {number}", attempt=attempt)
        asked, room = prompt.model_copy(update={"messages": messages}), _room(words, outline)
        if settled and number > 1 and not await author.has(step, asked, Told, max_tokens=room):
            break
        told = await author.fill(step, asked, Told, max_tokens=room)
        manuscript, faults = _placed(told, outline)
        wrong = biography_contradictions(persona, manuscript, check)
        faults += [one.message for one in (*biography_findings(persona, manuscript), *wrong)]
        if best_faults is None or len(faults) < len(best_faults):
            best, best_faults = manuscript, faults
        if not faults:
            break
        again = find_template("faults", PROMPTS).render({"faults": faults})
        said = Message(role="assistant", text=told.model_dump_json())
        messages = (*prompt.messages, said, *again.messages)
    return best


def biography_findings(persona: Persona, biography: Manuscript) -> list[Finding]:
    """What is wrong with a biography: its length, episodes left out, attributes left out."""
    text, _ = biography.story()
    found = []
    if word_count(text) > LIMIT:
        message = f"it has {word_count(text)} words; at most {LIMIT} are allowed"
        found.append(Finding(kind="biography-length", severity="warning", message=message))
    for one in biography.chapters:
        if not one.paragraphs:
            message = f"episode {one.id} ({one.title}) has no paragraph"
            found.append(
                Finding(kind="episode-untold", severity="warning", message=message, episode=one.id)
            )
    for label, value in unmentioned(persona, text):
        message = f"{label} is not mentioned: {value}"
        found.append(Finding(kind="attribute-unmentioned", severity="warning", message=message))
    return found


def _placed(told: Told, outline: Outline) -> tuple[Manuscript, list[str]]:
    """The paragraphs under their episodes, and ids that the outline does not have."""
    manuscript, unknown = blank(outline), []
    ids = [one.id for one in outline.episodes]
    for paragraph in told.paragraphs:
        if paragraph.episode not in ids:
            unknown.append(f"there is no episode {paragraph.episode!r}")
            continue
        before = manuscript.chapters[ids.index(paragraph.episode)].paragraphs
        more = paragraphs_of(paragraph.text)
        manuscript = manuscript.with_paragraphs(paragraph.episode, (*before, *more))
    return manuscript, unknown


def _room(words: int, outline: Outline) -> int:
    """Tokens for the whole biography and the brackets around its paragraphs."""
    return reply_tokens(words) + 20 * len(outline.episodes)
