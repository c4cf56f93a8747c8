"""Changes to the text of a story, with every span that points into it moved along."""

from collections.abc import Callable

from simulacra.domain.memory import Span
from simulacra.domain.persona import Episode, Persona
from simulacra.errors import InputError

GAP = "\n\n"
"""What stands between the passages of two episodes."""


def replace_passage(persona: Persona, place: Span, text: str) -> Persona:
    """The persona with the passage at ``place`` replaced by ``text``.

    Spans before it stay, spans after it move, spans around it grow or shrink; the text under none
    of the first two changes. A span within it (or across its edge) points at its own words where
    the new text still has them, else at the whole new text and what it covered outside. An empty
    ``place`` inserts: a span that begins there moves.

    Raises:
        ValueError: the place lies outside the story.
    """
    story = persona.story
    if not place.start <= place.end <= len(story):
        raise ValueError("the place lies outside the story")
    by = len(text) - (place.end - place.start)

    def moved(span: Span) -> Span:
        if span.start >= place.end:
            return Span(start=span.start + by, end=span.end + by)
        if span.end <= place.start:
            return span
        if place.start <= span.start and span.end <= place.end and span != place:
            words = story[span.start : span.end]
            found = text.find(words) if words else -1
            if found >= 0:
                start = place.start + found
                return Span(start=start, end=start + len(words))
        return Span(start=min(span.start, place.start), end=max(span.end, place.end) + by)

    return _with_story(persona, story[: place.start] + text + story[place.end :], moved)


def insert_episode(persona: Persona, position: int, episode: Episode, text: str) -> Persona:
    """The persona with an episode before the one at ``position`` (its own span is not read).

    Raises:
        InputError: the story is not told in episodes, so that there is no place among them.
    """
    episodes = persona.episodes
    if not episodes and persona.story.strip():
        raise InputError(
            f"the story of {persona.name} is not divided into episodes; give it headings first "
            "(export a pack, edit story.md, import it)"
        )
    if not episodes:
        start, changed = 0, persona.model_copy(update={"story": text})
    elif position < len(episodes):
        start = episodes[position].span.start
        changed = replace_passage(persona, Span(start=start, end=start), text + GAP)
    else:
        end = episodes[-1].span.end
        start = end + len(GAP)
        changed = replace_passage(persona, Span(start=end, end=end), GAP + text)
    placed = episode.model_copy(update={"span": Span(start=start, end=start + len(text))})
    told = (*changed.episodes[:position], placed, *changed.episodes[position:])
    return changed.model_copy(update={"episodes": told})


def remove_episode(persona: Persona, episode_id: str) -> Persona:
    """The persona without an episode, its passage and its facts; memories and questions stay.

    A memory that rests on the passage alone loses its place there.
    """
    position = [one.id for one in persona.episodes].index(episode_id)
    span = persona.episodes[position].span
    following = persona.episodes[position + 1 : position + 2]
    before = persona.episodes[position - 1].span.end if position else 0
    start, end = (span.start, following[0].span.start) if following else (before, span.end)
    cut = Span(start=start, end=end)
    kept = persona.model_copy(
        update={
            "episodes": tuple(one for one in persona.episodes if one.id != episode_id),
            "facts": tuple(
                one
                for one in persona.facts
                if one.episode != episode_id and not within(one.span, span)
            ),
            "memories": tuple(
                one.model_copy(update={"source": None})
                if one.source and within(one.source, span)
                else one
                for one in persona.memories
            ),
        }
    )
    return replace_passage(kept, cut, "")


def within(inner: Span, outer: Span) -> bool:
    """Whether one span lies in another."""
    return outer.start <= inner.start and inner.end <= outer.end


def overlap(one: Span, other: Span) -> bool:
    """Whether two spans share a character."""
    return one.start < other.end and other.start < one.end


def _with_story(persona: Persona, story: str, moved: Callable[[Span], Span]) -> Persona:
    return persona.model_copy(
        update={
            "story": story,
            "episodes": tuple(
                one.model_copy(update={"span": moved(one.span)}) for one in persona.episodes
            ),
            "memories": tuple(
                one.model_copy(update={"source": moved(one.source)}) if one.source else one
                for one in persona.memories
            ),
            "facts": tuple(
                one.model_copy(update={"span": moved(one.span)}) for one in persona.facts
            ),
        }
    )
