"""Harmful and stereotyping passages, as a rater model sees them: warnings, never a verdict."""

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from personas.authoring.author import PROMPTS, Author, Step
from personas.authoring.facts import quoted
from personas.authoring.together import together
from personas.checks.finding import Finding
from simulacra.domain.base import Frozen
from simulacra.domain.memory import Span
from simulacra.domain.persona import Episode, Persona
from simulacra.errors import BadReply
from simulacra.prompting import Prompt, find_template

STAGE = "content"
_TOKENS = 400


class Flag(Frozen):
    """Words that a rater marks: ``quote`` is copied from the passage."""

    kind: Literal["harmful", "stereotype"]
    quote: str = Field(min_length=1, max_length=300)
    reason: str = Field(min_length=1, max_length=300)


class Flags(Frozen):
    """What a rater marks in one passage."""

    flags: tuple[Flag, ...] = Field(max_length=5)


async def content_findings(author: Author, persona: Persona) -> tuple[Finding, ...]:
    """Warnings of a rater model, one call an episode, side by side.

    A quote that the episode does not have makes a warning that points at the whole episode; an
    episode that the model gave no usable reply about is named as unread.

    Raises:
        ModelError: the model gave no reply.
        BudgetSpent: the budget allows no further call.
    """
    told = await together(_rated(author, persona, one) for one in passages(persona))
    return tuple(one for some in told for one in some)


def passages(persona: Persona) -> tuple[Episode, ...]:
    """What is rated: the episodes, or the whole story where it has none."""
    if persona.episodes or not persona.story.strip():
        return persona.episodes
    whole = Span(start=0, end=len(persona.story))
    return (Episode(id="story", title="the whole story", span=whole),)


async def _rated(author: Author, persona: Persona, episode: Episode) -> Sequence[Finding]:
    prompt = content_prompt(persona, episode, brief=author.brief)
    step = Step(stage=STAGE, part=episode.id)
    try:
        flags = (await author.fill(step, prompt, Flags, max_tokens=_TOKENS)).flags
    except BadReply as error:
        return [
            Finding(
                kind="content-unread",
                severity="warning",
                message=f"the rater gave no usable reply about {episode.id}: {error}",
                span=episode.span,
                episode=episode.id,
            )
        ]
    return [_finding(persona, episode, one) for one in flags]


def content_prompt(persona: Persona, episode: Episode, *, brief: bool) -> Prompt:
    """The question about one episode."""
    text = persona.text_of(episode.span)
    if brief:
        return find_template("content_brief", PROMPTS).render({"text": text})
    known = persona.profile
    person = [f"{known.gender}, {known.age}", known.occupation, known.culture, known.place]
    return find_template("content", PROMPTS).render(
        {
            "name": persona.name,
            "person": "; ".join(one for one in person if one),
            "title": episode.title or episode.id,
            "text": text,
        }
    )


def _finding(persona: Persona, episode: Episode, flag: Flag) -> Finding:
    place = quoted(flag.quote, persona.text_of(episode.span))
    start = episode.span.start
    span = Span(start=start + place.start, end=start + place.end) if place else episode.span
    return Finding(
        kind=f"content-{flag.kind}",
        severity="warning",
        message=flag.reason,
        span=span,
        episode=episode.id if persona.episodes else None,
        detail="" if place else f"the words are not in the passage: {flag.quote}",
    )
