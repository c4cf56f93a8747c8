"""The strategy ``paper``: iterative expansion after Human Simulacra (Xie et al., ICLR 2025).

The story begins as the biography, its paragraphs are the chunks. Each iteration summarises what is
new, scores every chunk, draws one of the best and puts a longer passage in its place, written with
the chunks around it in view. It ends when the length is reached or the best score is low.
"""

import asyncio
from collections.abc import Sequence

from personas.authoring.author import PROMPTS, Author, Step
from personas.authoring.chunks import chunk_scores, draw
from personas.authoring.manuscript import Chapter, Manuscript, paragraphs_of
from personas.authoring.portrait import portrait, short_portrait
from personas.authoring.prose import whole_sentences
from personas.authoring.repeats import repeats
from personas.authoring.settings import reply_tokens, word_count
from personas.authoring.telling import Telling
from personas.authoring.together import together
from simulacra.domain.base import Frozen, content_hash
from simulacra.domain.call import Message
from simulacra.memory.port import Embedder
from simulacra.prompting import Prompt, find_template

WINDOW = 2
"""Chunks on either side that the writer sees."""

_LONGER, _SHORTEST, _LONGEST = 3, 120, 280
_SUMMARY_WORDS, _STORY_SUMMARY_WORDS = 20, 100
_TRIES = 2


class Chunk(Frozen):
    """A paragraph at its place: which chapter, which paragraph of it."""

    chapter: str
    place: int
    text: str


async def tell_by_paper(
    author: Author, telling: Telling, biography: Manuscript, embedder: Embedder
) -> Manuscript:
    """The story, grown from the biography.

    Every chunk keeps the episode of the chunk it came from. An expansion that turns out no longer
    than its chunk is asked for once more; then the chunk is left as it is.
    """
    expander = _Expander(author, telling, embedder)
    story, closed, round_ = biography, frozenset[str](), 0
    while story.words < telling.words:
        round_ += 1
        chunk = await expander.choose(story, closed, round_)
        if chunk is None:
            break
        passage = await expander.expand(story, chunk, round_)
        if passage:
            story = _replaced(story, chunk, passage)
        else:
            closed |= {chunk.text}
        story = telling.gates.expanded(story, 1)
    return story


def chunks_of(story: Manuscript) -> list[Chunk]:
    """Every paragraph in order."""
    return [
        Chunk(chapter=one.id, place=place, text=text)
        for one in story.chapters
        for place, text in enumerate(one.paragraphs)
    ]


class _Expander:
    """The steps of one iteration."""

    def __init__(self, author: Author, telling: Telling, embedder: Embedder) -> None:
        self._author, self._telling, self._embedder = author, telling, embedder
        brief = author.brief
        self._portrait = short_portrait(telling.persona) if brief else portrait(telling.persona)
        self._window = 0 if brief else WINDOW
        self._summaries: dict[str, str] = {}

    async def choose(self, story: Manuscript, closed: frozenset[str], round_: int) -> Chunk | None:
        """The chunk to expand; None where no open one scores high enough."""
        chunks = chunks_of(story)
        texts = list(dict.fromkeys(chunk.text for chunk in chunks))
        await together(self._summarise(text) for text in texts)
        summaries = [self._summaries[chunk.text] for chunk in chunks]
        whole = await self._summary(
            self._telling.step(f"story {round_}"), "\n".join(summaries), _STORY_SUMMARY_WORDS
        )
        vectors = await asyncio.to_thread(
            self._embedder.embed, [*(chunk.text for chunk in chunks), *summaries, whole]
        )
        count = len(chunks)
        scores = chunk_scores(vectors[:count], vectors[count:-1], vectors[-1])
        for place, chunk in enumerate(chunks):
            if chunk.text in closed:
                scores[place] = 0.0
        chosen = draw(scores, self._author.seed_for(self._telling.step(f"draw {round_}")))
        return None if chosen is None else chunks[chosen]

    async def expand(self, story: Manuscript, chunk: Chunk, round_: int) -> tuple[str, ...]:
        """The paragraphs in the chunk's place; none where two tries were no longer than it."""
        chunks = chunks_of(story)
        place = chunks.index(chunk)
        have = word_count(chunk.text)
        lack = self._telling.words - story.words
        words = min(max(_SHORTEST, min(_LONGEST, _LONGER * have)), max(have + 40, have + lack))
        chapter = next(one for one in story.chapters if one.id == chunk.chapter)
        prompt = self._prompt(chunks, place, chapter, words)
        others = [
            one.model_copy(update={"paragraphs": ()}) if one.id == chunk.chapter else one
            for one in story.chapters
        ]
        for number in range(1, _TRIES + 1):
            part = f"expand {round_}" if number == 1 else f"expand {round_} again"
            text = whole_sentences(
                await self._author.write(
                    self._telling.step(part), prompt, max_tokens=reply_tokens(words)
                )
            )
            paragraphs = paragraphs_of(text)
            faults = _faults(paragraphs, have, others)
            if not faults:
                return paragraphs
            again = find_template("episode_again", PROMPTS).render({"faults": faults})
            said = Message(role="assistant", text=text)
            prompt = prompt.model_copy(
                update={"messages": (*prompt.messages, said, *again.messages)}
            )
        return paragraphs if word_count(text) > have else ()

    def _prompt(self, chunks: Sequence[Chunk], place: int, chapter: Chapter, words: int) -> Prompt:
        before = chunks[max(0, place - self._window) : place]
        after = chunks[place + 1 : place + 1 + self._window]
        return find_template("expand", PROMPTS).render(
            {
                "portrait": self._portrait,
                "before": "\n\n".join(one.text for one in before),
                "after": "\n\n".join(one.text for one in after),
                "when": chapter.when,
                "age": chapter.age,
                "title": chapter.title,
                "text": chunks[place].text,
                "words": words,
                "note": self._telling.gates.note,
            }
        )

    async def _summarise(self, text: str) -> None:
        """Summarise a chunk once; its step is named by its text, so it is never bought twice."""
        if text not in self._summaries:
            step = Step(stage="story", part=f"summary {content_hash(text)[:12]}")
            self._summaries[text] = await self._summary(step, text, _SUMMARY_WORDS)

    async def _summary(self, step: Step, text: str, words: int) -> str:
        prompt = find_template("summary", PROMPTS).render({"text": text, "words": words})
        reply = await self._author.write(step, prompt, max_tokens=reply_tokens(words))
        return reply.strip() or text


def _faults(paragraphs: Sequence[str], have: int, others: Sequence[Chapter]) -> list[str]:
    """What keeps an expansion from taking its chunk's place."""
    made = Chapter(id="new", when="", age=None, title="", paragraphs=tuple(paragraphs))
    faults = [] if made.words > have else [f"It has {made.words} words; the passage had {have}."]
    return faults + [
        f'It repeats a phrase told elsewhere: "{one.phrase}".'
        for one in repeats([*others, made])
        if one.chapter == made.id
    ]


def _replaced(story: Manuscript, chunk: Chunk, passage: Sequence[str]) -> Manuscript:
    chapter = next(one for one in story.chapters if one.id == chunk.chapter)
    before, after = chapter.paragraphs[: chunk.place], chapter.paragraphs[chunk.place + 1 :]
    return story.with_paragraphs(chapter.id, (*before, *passage, *after))
