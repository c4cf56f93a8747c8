"""The strategy ``outline``: episodes written side by side under a shared outline.

Two waves: first every other episode, each seeing the plan of its neighbours; then the ones between
them, which see their neighbours as written and the facts told so far. Within a wave the inputs are
fixed at its start, so the order in which replies come decides nothing. An episode that is too short
goes on, one that leaves out what was planned is written again; last, passages that repeat a phrase
of another episode are written again, the phrase named.
"""

from personas.authoring.author import PROMPTS, Author
from personas.authoring.background import background
from personas.authoring.coverage import left_out
from personas.authoring.facts import ChapterFacts, read_facts
from personas.authoring.manuscript import Chapter, Manuscript, blank, paragraphs_of
from personas.authoring.outline import Outline, PlannedEpisode
from personas.authoring.portrait import portrait
from personas.authoring.prose import first_words, last_words, whole_sentences
from personas.authoring.repeats import repeats
from personas.authoring.settings import TOLERANCE, reply_tokens, word_count
from personas.authoring.telling import Telling
from personas.authoring.together import together
from simulacra.domain.base import Frozen
from simulacra.domain.call import Message
from simulacra.domain.persona import Fact
from simulacra.prompting import Prompt, find_template

_REWRITES, _EXTENSIONS, _REPEAT_ROUNDS = 1, 3, 2
_NEIGHBOUR_WORDS = 60
_FACTS = 16


class _Neighbour(Frozen):
    """An episode beside the one that is written: its text where there is one, else its plan."""

    title: str
    when: str
    text: str


async def tell_by_outline(author: Author, telling: Telling, outline: Outline) -> Manuscript:
    """The story, each episode of the outline a chapter of about the same length."""
    writer = _Writer(author, telling, outline)
    life = background(telling.persona, outline)
    story, known = blank(outline), dict[str, ChapterFacts]()
    for number, wave in enumerate((outline.episodes[::2], outline.episodes[1::2])):
        if number == 1:
            known = await read_facts(author, life, story.chapters)
        while wave:
            some, wave = wave[: telling.gates.room], wave[telling.gates.room :]
            texts = await together(writer.write(one, story, known) for one in some)
            for episode, text in zip(some, texts, strict=True):
                story = story.with_paragraphs(episode.id, text)
            story = telling.gates.expanded(story, len(some))
    return await writer.without_repeats(story)


class _Writer:
    """Writes single episodes of one story."""

    def __init__(self, author: Author, telling: Telling, outline: Outline) -> None:
        self._author, self._telling, self._outline = author, telling, outline
        self._words = max(40, telling.words // len(outline.episodes))
        self._portrait = portrait(telling.persona)

    async def write(
        self, episode: PlannedEpisode, story: Manuscript, known: dict[str, ChapterFacts]
    ) -> tuple[str, ...]:
        """The paragraphs of an episode, long enough and with what was planned in it."""
        prompt = self._prompt(episode, story, known)
        text = await self._ask(episode.id, prompt, self._words)
        for number in range(_REWRITES):
            missing = left_out(episode, text)
            if not missing:
                break
            faults = [f"It leaves out what was planned: {', '.join(missing)}."]
            text = await self._again(episode.id, f"again {number + 1}", prompt, text, faults)
        for number in range(_EXTENSIONS):
            lack = self._words - word_count(text)
            if lack <= self._words * TOLERANCE:
                break
            more = await self._longer(episode.id, number + 1, prompt, text, lack)
            text = f"{text}\n\n{more}"
        return paragraphs_of(text)

    async def without_repeats(self, story: Manuscript) -> Manuscript:
        """The story with chapters that repeat long phrases written again, at most twice."""
        for number in range(1, _REPEAT_ROUNDS + 1):
            by_chapter: dict[str, list[str]] = {}
            for one in repeats(story.chapters):
                by_chapter.setdefault(one.chapter, []).append(
                    f'It repeats a phrase of episode {one.earlier}: "{one.phrase}".'
                )
            if not by_chapter:
                break
            chapters = [one for one in story.chapters if one.id in by_chapter]
            texts = await together(
                self._fresh(one, story, by_chapter[one.id], number) for one in chapters
            )
            for chapter, text in zip(chapters, texts, strict=True):
                story = story.with_paragraphs(chapter.id, paragraphs_of(text))
        return story

    async def _fresh(
        self, chapter: Chapter, story: Manuscript, faults: list[str], number: int
    ) -> str:
        episode = next((one for one in self._outline.episodes if one.id == chapter.id), None)
        if episode is None:  # a chapter that a reviewer added
            return chapter.text
        prompt = self._prompt(episode, story, {})
        return await self._again(chapter.id, f"fresh {number}", prompt, chapter.text, faults)

    def _prompt(
        self, episode: PlannedEpisode, story: Manuscript, known: dict[str, ChapterFacts]
    ) -> Prompt:
        place = [one.id for one in self._outline.episodes].index(episode.id)
        return find_template("episode", PROMPTS).render(
            {
                "portrait": self._portrait,
                "episode": episode,
                "words": self._words,
                "note": self._telling.gates.note,
                "outline": self._outline.episodes,
                "before": self._neighbour(place - 1, story, last=True),
                "after": self._neighbour(place + 1, story, last=False),
                "facts": _told(known, place, self._outline),
            }
        )

    def _neighbour(self, place: int, story: Manuscript, *, last: bool) -> _Neighbour | None:
        if not 0 <= place < len(self._outline.episodes):
            return None
        plan = self._outline.episodes[place]
        chapter = next((one for one in story.chapters if one.id == plan.id), None)
        text = f"{plan.happens} {plan.changes}"
        if chapter is not None and chapter.paragraphs:
            cut = last_words if last else first_words
            text = cut(chapter.text, _NEIGHBOUR_WORDS)
        return _Neighbour(title=plan.title, when=plan.when, text=text)

    async def _ask(self, part: str, prompt: Prompt, words: int) -> str:
        step = self._telling.step(part)
        room = reply_tokens(words)
        return whole_sentences(await self._author.write(step, prompt, max_tokens=room))

    async def _again(
        self, chapter: str, part: str, prompt: Prompt, text: str, faults: list[str]
    ) -> str:
        again = find_template("episode_again", PROMPTS).render({"faults": faults})
        prompt = _followed(prompt, text, again)
        return await self._ask(f"{chapter} {part}", prompt, max(self._words, word_count(text)))

    async def _longer(self, chapter: str, number: int, prompt: Prompt, text: str, lack: int) -> str:
        variables = {"have": word_count(text), "words": lack}
        longer = find_template("episode_longer", PROMPTS).render(variables)
        prompt = _followed(prompt, text, longer)
        return await self._ask(f"{chapter} longer {number}", prompt, lack)


def _followed(prompt: Prompt, said: str, then: Prompt) -> Prompt:
    """The conversation with what was said and what is asked next."""
    reply = Message(role="assistant", text=said)
    return Prompt(
        name=then.name, hash=then.hash, messages=(*prompt.messages, reply, *then.messages)
    )


def _told(known: dict[str, ChapterFacts], place: int, outline: Outline) -> list[str]:
    """Facts told in the chapters nearest in time first, at most a few."""
    ids = [one.id for one in outline.episodes]
    near = sorted(range(len(ids)), key=lambda other: (abs(other - place), other))
    facts: list[Fact] = [
        fact for other in near if ids[other] in known for fact in known[ids[other]].facts
    ]
    lines = [f"{one.subject} {one.relation.replace('_', ' ')} {one.object}" for one in facts]
    return list(dict.fromkeys(lines))[:_FACTS]
