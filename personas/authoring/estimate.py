"""What making a life will take, before the first call: calls, tokens, money, time by stage.

Prompts are rendered as they will be, with a made-up outline of usual length in them, and counted at
four characters a token. Replies that have to be asked for again are not foreseen.
"""

import math
from collections.abc import Sequence

from personas.authoring.author import PROMPTS
from personas.authoring.background import background
from personas.authoring.facts import facts_prompt
from personas.authoring.life import life_of
from personas.authoring.manuscript import Chapter
from personas.authoring.memories import memory_prompt
from personas.authoring.outline import Outline, Planned, numbered
from personas.authoring.portrait import portrait
from personas.authoring.questions import size_of as questions_size
from personas.authoring.remembering import REPLY_TOKENS
from personas.authoring.settings import WriteSettings
from personas.authoring.story_paper import WINDOW
from simulacra.domain.base import Frozen
from simulacra.domain.call import Usage
from simulacra.domain.memory import Span
from simulacra.domain.persona import Episode, Persona
from simulacra.llm.pricing import cost_of
from simulacra.prompting import find_template
from simulacra.settings import Price

TOKENS_PER_WORD = 1.35
_PLANNED_TOKENS, _FACT_TOKENS, _TOLD_FACTS = 110, 700, 16
_BRIEF_TOKENS_IN, _BRIEF_SENTENCE, _BRIEF_FACTS = 90, 35, 180
_CHUNK_WORDS, _PASSAGE_WORDS, _CHUNKS_PER_PASSAGE = 65, 190, 3
_SUMMARY_WORDS, _STORY_SUMMARY_WORDS = 20, 100


class Speed(Frozen):
    """How fast a model answers: seconds before the first token, tokens per second after it."""

    first: float = 0.5
    rate: float = 60.0

    def seconds(self, tokens: float) -> float:
        """How long a reply of so many tokens takes."""
        return self.first + tokens / self.rate


class StageEstimate(Frozen):
    """What one stage is expected to take; ``cost`` in US dollars, ``seconds`` on the clock."""

    stage: str
    calls: int
    tokens_in: int
    tokens_out: int
    cost: float
    seconds: float


def estimate(
    persona: Persona,
    settings: WriteSettings,
    *,
    concurrency: int = 16,
    price: Price | None = None,
    speed: Speed | None = None,
    brief: bool = False,
) -> list[StageEstimate]:
    """The stages in order; ``brief``: for a small model, which is led in short questions.

    Raises:
        InputError: the profile cannot be dated.
    """
    made = _Estimator(persona, settings, concurrency, price or Price(), speed or Speed())
    return made.briefly() if brief else made.all()


def questions_estimate(
    persona: Persona,
    *,
    concurrency: int = 16,
    price: Price | None = None,
    speed: Speed | None = None,
    brief: bool = False,
) -> StageEstimate:
    """The questions of the self report, by the prompts as they will be sent.

    Raises:
        InputError: the person has no episodes.
    """
    calls, tokens_in, tokens_out = questions_size(persona, brief=brief)
    reply = (speed or Speed()).seconds(tokens_out / calls)
    return StageEstimate(
        stage="questions",
        calls=calls,
        tokens_in=tokens_in,
        tokens_out=tokens_out,
        cost=cost_of(Usage(tokens_in=tokens_in, tokens_out=tokens_out), price or Price()),
        seconds=math.ceil(calls / concurrency) * reply,
    )


class _Estimator:
    def __init__(
        self,
        persona: Persona,
        settings: WriteSettings,
        concurrency: int,
        price: Price,
        speed: Speed,
    ) -> None:
        self._persona, self._settings = persona, settings
        self._concurrency, self._price, self._speed = concurrency, price, speed
        self._portrait = portrait(persona)
        self._count = settings.episodes(life_of(persona.profile))
        self._outline = _usual(self._count)

    def all(self) -> list[StageEstimate]:
        story = self._episodes if self._settings.strategy == "outline" else self._expansions
        return [self._plan(), self._biography(), story(), self._facts(), self._memories()]

    def briefly(self) -> list[StageEstimate]:
        count, asked = self._count, _BRIEF_TOKENS_IN
        told = self._settings.words / count * TOKENS_PER_WORD
        short = self._settings.biography_words / count * TOKENS_PER_WORD
        return [
            self._stage("outline", [(1, asked, _BRIEF_SENTENCE)] * (2 * count)),
            self._stage("biography", [(count, 1.5 * asked, short)]),
            self._stage("story", [(2 * count, 1.5 * asked + told / 2, told / 2)]),
            self._stage("facts", [(count, asked + told, _BRIEF_FACTS)]),
            self._memories(brief=True),
        ]

    def _plan(self) -> StageEstimate:
        count = self._count
        prompt = _tokens(
            "outline",
            portrait=self._portrait,
            count=count,
            born="1970-01-01",
            until="2026-01-01",
            stages=["childhood", "adolescence", "early adulthood", "adulthood"],
            note="",
        )
        return self._stage("outline", [(1, prompt, _PLANNED_TOKENS * count)])

    def _biography(self) -> StageEstimate:
        words = self._settings.biography_words
        prompt = _tokens(
            "biography",
            portrait=self._portrait,
            episodes=self._outline.episodes,
            name=self._persona.name,
            words=words,
            note="",
        )
        reply = words * TOKENS_PER_WORD + 20 * self._count
        return self._stage("biography", [(1, prompt, reply)])

    def _episodes(self) -> StageEstimate:
        count = self._count
        words = self._settings.words // count
        neighbour = {"title": "Some title", "when": "1990-01", "text": "words " * 60}
        prompt = _tokens(
            "episode",
            portrait=self._portrait,
            outline=self._outline.episodes,
            episode=self._outline.episodes[0],
            words=words,
            before=neighbour,
            after=neighbour,
            facts=["Somebody does something"] * (_TOLD_FACTS // 2),
            note="",
        )
        waves = []
        for size in (math.ceil(count / 2), count // 2):
            every = self._settings.gate_every or size
            while size > 0:
                waves.append((min(size, every), prompt, words * TOKENS_PER_WORD))
                size -= every
        return self._stage("story", waves)

    def _expansions(self) -> StageEstimate:
        words, told = self._settings.words, self._settings.biography_words
        grown = _PASSAGE_WORDS - _CHUNK_WORDS
        prompt = _tokens(
            "expand",
            portrait=self._portrait,
            before="words " * _CHUNK_WORDS * WINDOW,
            after="words " * _CHUNK_WORDS * WINDOW,
            when="1990-01",
            age=20,
            title="Some title",
            text="words " * _CHUNK_WORDS,
            words=_PASSAGE_WORDS,
            note="",
        )
        chunk = _tokens("summary", text="words " * _CHUNK_WORDS, words=_SUMMARY_WORDS)
        steps: list[tuple[int, float, float]] = [
            (self._count, chunk, _SUMMARY_WORDS * TOKENS_PER_WORD)
        ]
        chunks = self._count
        for _ in range(max(0, math.ceil((words - told) / grown))):
            index = _tokens("summary", text="words " * _SUMMARY_WORDS * chunks, words=100)
            steps.append((1, index, _STORY_SUMMARY_WORDS * TOKENS_PER_WORD))
            steps.append((1, prompt, _PASSAGE_WORDS * TOKENS_PER_WORD))
            steps.append((_CHUNKS_PER_PASSAGE, chunk, _SUMMARY_WORDS * TOKENS_PER_WORD))
            chunks += _CHUNKS_PER_PASSAGE - 1
        return self._stage("story", steps)

    def _facts(self) -> StageEstimate:
        count = self._count
        chapter = Chapter(
            id="e01",
            when="1990-01",
            age=20,
            title="Some title",
            paragraphs=("words " * (self._settings.words // count),),
        )
        asked = facts_prompt(background(self._persona, self._outline), chapter)
        prompt = sum(len(message.text) for message in asked.messages) / 4
        return self._stage("facts", [(count, prompt, _FACT_TOKENS)])

    def _memories(self, *, brief: bool = False) -> StageEstimate:
        text = "words " * (self._settings.words // self._count)
        episode = Episode(
            id="e01", title="Some title", when="1990-01", age=20, span=Span(start=0, end=len(text))
        )
        told = self._persona.model_copy(update={"story": text})
        prompt = memory_prompt(told, episode, None, brief=brief)
        asked = sum(len(message.text) for message in prompt.messages) / 4
        return self._stage("memories", [(self._count, asked, REPLY_TOKENS)])

    def _stage(self, stage: str, steps: Sequence[tuple[int, float, float]]) -> StageEstimate:
        """The sum of steps, each so many calls side by side, of so many tokens in and out."""
        tokens_in = round(sum(calls * asked for calls, asked, _ in steps))
        tokens_out = round(sum(calls * reply for calls, _, reply in steps))
        return StageEstimate(
            stage=stage,
            calls=sum(calls for calls, _, _ in steps),
            tokens_in=tokens_in,
            tokens_out=tokens_out,
            cost=cost_of(Usage(tokens_in=tokens_in, tokens_out=tokens_out), self._price),
            seconds=sum(
                math.ceil(calls / self._concurrency) * self._speed.seconds(reply)
                for calls, _, reply in steps
            ),
        )


def _usual(count: int) -> Outline:
    """An outline with entries of usual length."""
    entry = Planned(
        when="1990-01",
        age=20,
        title="A title like this",
        place="Some town",
        people=("First Last",),
        happens="words " * 22,
        changes="words " * 11,
    )
    return numbered([entry] * count)


def _tokens(template: str, **variables: object) -> float:
    messages = find_template(template, PROMPTS).render(variables).messages
    return sum(len(one.text) for one in messages) / 4
