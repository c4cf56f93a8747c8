"""Passages that come back: long phrases word for word, sentences and paragraphs nearly so."""

import re
from collections.abc import Iterator, Sequence

import numpy as np
from rapidfuzz import fuzz, process

from personas.authoring.repeats import repeats
from personas.checks.claims import Life
from personas.checks.finding import Finding
from personas.checks.passages import Sentence, sentences
from personas.formats.text_files import plain
from simulacra.domain.base import Frozen
from simulacra.domain.memory import Span
from simulacra.domain.persona import Episode, Persona

_LIKE = 80.0  # of 100: normalised edit similarity (rapidfuzz's ratio) of the plain texts
_WORDS = 10  # shorter sentences may be alike by chance


class _Told(Frozen):
    id: str
    text: str


def phrases_repeated(life: Life) -> Iterator[Finding]:
    """Phrases of eight words and more that stand in two episodes."""
    persona = life.persona
    episodes = {one.id: one for one in persona.episodes}
    told = [_Told(id=one.id, text=persona.text_of(one.span)) for one in persona.episodes]
    for one in repeats(told):
        yield Finding(
            kind="phrase-repeated",
            severity="warning",
            message=f'a phrase of {one.earlier} returns: "{one.phrase}"',
            span=_place(persona, episodes[one.chapter], one.phrase),
            other_span=_place(persona, episodes[one.earlier], one.phrase),
            episode=one.chapter,
        )


def passages_alike(life: Life) -> Iterator[Finding]:
    """Sentences and paragraphs of two episodes that differ in little."""
    persona = life.persona
    for told in (_sentences(persona), _paragraphs(persona)):
        for first, second in _alike([one.text for _, one in told]):
            (earlier, one), (later, other) = told[first], told[second]
            if earlier != later:
                yield Finding(
                    kind="passage-repeated",
                    severity="warning",
                    message=f'nearly the same stands in {earlier}: "{other.text}"',
                    span=other.span,
                    other_span=one.span,
                    episode=later,
                )


def _sentences(persona: Persona) -> list[tuple[str, Sentence]]:
    return [
        (episode.id, one)
        for episode in persona.episodes
        for one in sentences(persona.story, episode.span.start, episode.span.end)
        if len(one.text.split()) >= _WORDS
    ]


def _paragraphs(persona: Persona) -> list[tuple[str, Sentence]]:
    found = []
    for episode in persona.episodes:
        for match in re.finditer(r"\S(?:.|\n(?!\s*\n))*", persona.text_of(episode.span)):
            start = episode.span.start + match.start()
            span = Span(start=start, end=start + len(match[0]))
            if len(match[0].split()) >= 3 * _WORDS:
                found.append((episode.id, Sentence(text=match[0], span=span)))
    return found


def _alike(texts: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of places of alike texts, the earlier first."""
    words = [plain(one) for one in texts]
    scores = process.cdist(words, words, scorer=fuzz.ratio, score_cutoff=_LIKE)
    first, second = np.nonzero(np.triu(scores, k=1))
    return list(zip(first.tolist(), second.tolist(), strict=True))


def _place(persona: Persona, episode: Episode, phrase: str) -> Span:
    """Where a phrase stands in an episode, whatever its case and punctuation."""
    words = r"\W+".join(re.escape(one) for one in phrase.split())
    match = re.compile(words, re.IGNORECASE).search(
        persona.story, episode.span.start, episode.span.end
    )
    return Span(start=match.start(), end=match.end()) if match else episode.span
