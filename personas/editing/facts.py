"""The facts of passages that were rewritten, read anew."""

from collections.abc import Callable, Sequence
from functools import partial

from personas.authoring.author import Author
from personas.authoring.background import background
from personas.authoring.facts import read_facts
from personas.authoring.manuscript import Chapter
from personas.authoring.rounds import side_by_side
from personas.editing.passages import GAP, within
from simulacra.domain.memory import Span
from simulacra.domain.persona import Fact, Persona


async def with_facts_of(
    persona: Persona,
    episodes: Sequence[str],
    author: Author,
    *,
    concurrency: int,
    on_done: Callable[[str], None] | None = None,
) -> tuple[Persona, dict[str, str]]:
    """The persona with the facts of some episodes read anew, and what failed by episode.

    Where reading fails, the facts whose words are still there stay.

    Raises:
        FatalModelError, BudgetSpent: nothing more can succeed; what was bought is kept.
    """
    wanted = [one for one in persona.episodes if one.id in episodes]
    chapters = {
        one.id: Chapter(
            id=one.id,
            when=one.when or "",
            age=one.age,
            title=one.title,
            paragraphs=tuple(persona.text_of(one.span).split(GAP)),
        )
        for one in wanted
    }
    life = background(persona, without=episodes)
    work = {key: partial(read_facts, author, life, [one]) for key, one in chapters.items()}
    found, failures = await side_by_side(work, concurrency, on_done)
    facts = list(persona.facts)
    for episode in wanted:
        read = found.get(episode.id, {}).get(episode.id)
        if read is None:
            continue
        unread = [one.message for one in read.findings if one.kind == "facts-unread"]
        if unread:
            failures[episode.id] = unread[0]
            continue
        facts = [one for one in facts if not within(one.span, episode.span)]
        facts += [_moved(fact, episode.span.start) for fact in read.facts]
    ordered = sorted(facts, key=lambda one: (one.span.start, one.span.end))
    kept = persona.facts if facts == list(persona.facts) else tuple(ordered)
    return persona.model_copy(update={"facts": kept}), failures


def _moved(fact: Fact, by: int) -> Fact:
    span = Span(start=fact.span.start + by, end=fact.span.end + by)
    return fact.model_copy(update={"span": span})
