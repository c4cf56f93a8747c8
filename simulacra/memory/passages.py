"""The life story in passages that can be recalled."""

import re
from bisect import bisect_right

from simulacra.domain.memory import Memory, Span
from simulacra.domain.persona import Persona

_PASSAGE_WORDS = 60
_SENTENCE = re.compile(r"\S.*?(?:[.!?][\"'”’)]*(?=\s|$)|$)", re.MULTILINE)


def passages(persona: Persona) -> tuple[Memory, ...]:
    """The life story in passages of whole sentences, about 60 words each, none across paragraphs.

    Ids are s0001, s0002, ... in the order of the story; episode, date and age are those of the
    episode that a passage lies in.
    """
    starts = [episode.span.start for episode in persona.episodes]
    found = []
    for number, span in enumerate(_passage_spans(persona.story), start=1):
        at = bisect_right(starts, span.start) - 1
        episode = persona.episodes[at] if at >= 0 else None
        found.append(
            Memory(
                id=f"s{number:04d}",
                content=persona.text_of(span),
                when=episode.when if episode else None,
                age=episode.age if episode else None,
                episode=episode.id if episode else None,
                source=span,
            )
        )
    return tuple(found)


def _passage_spans(story: str) -> list[Span]:
    """Sentences gathered until a passage has about 60 words; a paragraph is one line of text."""
    spans: list[Span] = []
    words = 0  # of the passage that is still open; 0 when none is
    line_end = -1
    for sentence in _SENTENCE.finditer(story):
        start, end = sentence.span()
        length = len(sentence.group().split())
        joins = words and start < line_end and words + length / 2 <= _PASSAGE_WORDS
        if joins:
            spans[-1] = Span(start=spans[-1].start, end=end)
            words += length
        else:
            spans.append(Span(start=start, end=end))
            words = length
            line_end = _end_of_line(story, start)
    return spans


def _end_of_line(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end
