"""What a mind works with and never changes: the person, the model, the memory, the budgets."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from weakref import WeakValueDictionary

from simulacra.cognition.persona_prompt import facts_of
from simulacra.cognition.role import fault_of
from simulacra.cognition.state import Stimulus
from simulacra.cognition.working_memory import best_and_gists, fitting, in_view, told
from simulacra.domain.base import Frozen
from simulacra.domain.call import Request, Scores
from simulacra.domain.elicitation import BY_CHOICE, Elicitation
from simulacra.domain.emotion import EmotionalState, baseline_of
from simulacra.domain.memory import Recalled
from simulacra.domain.persona import Persona
from simulacra.domain.run import Mechanism
from simulacra.llm.loops import PerLoop
from simulacra.llm.port import Model
from simulacra.memory.excerpts import key_sentences
from simulacra.memory.recall import Recaller
from simulacra.prompting import Prompt, find_template


class Budgets(Frozen):
    """How much reaches the model and how much it may say.

    ``memories`` recalled and ``memory_tokens`` of them shown, or that many key ``sentences``; where
    a word or a choice is asked for, the best one and the gist of others in ``gist_tokens``;
    ``facts`` of self-knowledge recalled beside them, for a prefix that holds few;
    ``exchange_tokens`` of the interview that stay in view, and at most ``exchanges``; the rest are
    reply lengths in tokens: ``emotion_tokens`` and ``plan_tokens`` of structured replies,
    ``feeling_tokens``, ``thought_tokens`` and ``voice_tokens`` (both at once) of such in words.
    """

    memories: int = 5
    passages: int = 3
    memory_tokens: int = 1200
    gist_tokens: int = 180
    sentences: int | None = None
    facts: int = 0
    exchanges: int | None = None
    exchange_tokens: int = 2400
    emotion_tokens: int = 300
    feeling_tokens: int = 20
    plan_tokens: int = 400
    thought_tokens: int = 24
    voice_tokens: int = 40
    closed_tokens: int = 60
    short_tokens: int = 60
    long_tokens: int = 400


FULL = Budgets()
BRIEF = Budgets(
    memories=6,
    passages=3,
    memory_tokens=400,
    sentences=3,
    facts=2,
    exchanges=1,
    exchange_tokens=160,
    short_tokens=24,
    long_tokens=64,
)


# A prior is asked without seed and temperature, so that one serves all respondents.
ANYBODY: Mapping[str, Any] = {"seed": None, "temperature": 0.0}


class Priors:
    """Scores of options without any person in front, kept so that each is bought once.

    They depend on the model and the wording alone. A reused one counts as nothing sent.
    """

    def __init__(self, keep: int = 10_000) -> None:
        self._kept: OrderedDict[str, Scores] = OrderedDict()
        self._keep = keep
        # Who comes while another one buys waits for it.
        self._buying = PerLoop[WeakValueDictionary[str, asyncio.Lock]](WeakValueDictionary)

    async def score(self, model: Model, request: Request, options: tuple[str, ...]) -> Scores:
        """The scores of ``options`` under ``request``; a kept one has ``attempts`` 0."""
        key = f"{model.info.spec}\x1f{request.key(options)}"
        async with self._buying.get().setdefault(key, asyncio.Lock()):
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            return await self._buy(key, model, request, options)

    async def _buy(
        self, key: str, model: Model, request: Request, options: tuple[str, ...]
    ) -> Scores:
        scores = await model.score(request, options)
        self._kept[key] = scores.model_copy(update={"call": scores.call.kept()})
        if len(self._kept) > self._keep:
            self._kept.popitem(last=False)
        return scores


@dataclass(frozen=True)
class MindContext:
    """One persona with one mechanism and one model.

    ``rewrites``: the model says what a chat message asks to be remembered, before recall.
    ``elicit``: how closed items are asked.
    """

    persona: Persona
    mechanism: Mechanism
    model: Model
    recaller: Recaller | None
    priors: Priors = field(default_factory=Priors)
    rewrites: bool = False
    elicit: Elicitation = BY_CHOICE

    @property
    def brief(self) -> bool:
        """Whether the model has little room."""
        return self.model.info.detail == "brief"

    @property
    def in_words(self) -> bool:
        """Whether agents speak in words and options are scored, for want of structured output."""
        return self.model.info.elicitation == "score"

    @property
    def one_form(self) -> bool:
        """Whether all agents ask for a reply of one form."""
        return self.model.info.one_form and not self.brief and not self.in_words

    @property
    def checks_role(self) -> bool:
        """Whether the model reads suspect replies itself; nobody is no role."""
        capable = not self.brief and not self.in_words
        return capable and self.mechanism.method != "blank"

    @property
    def budgets(self) -> Budgets:
        """The budgets that fit the model."""
        return BRIEF if self.brief else FULL

    @cached_property
    def baseline(self) -> EmotionalState:
        """The mood that this person returns to."""
        return baseline_of(self.persona.personality.domain_levels())

    def mood(self, stimulus: Stimulus) -> EmotionalState:
        """What is left of the state that the last turn left, one turn later."""
        return stimulus.interview.emotion.decayed(self.baseline)

    @cached_property
    def prefix(self) -> str:
        """The static part of every prompt: the same text for all agents and all items."""
        if self.mechanism.method == "blank":
            return find_template("blank").render({}).messages[0].text
        name = "persona_brief" if self.brief else "persona_full"
        facts = facts_of(self.persona, further=not self.brief)
        variables: dict[str, Any] = {"persona": self.persona, "facts": facts}
        if not self.brief:
            variables["traits"] = [trait.text for trait in self.persona.personality.traits]
            variables["biography"] = self.persona.biography
        return find_template(name).render(variables).messages[0].text

    @cached_property
    def guide(self) -> str:
        """What agents are to say and in which form: the same for all of them, as the prefix is.

        So it is sent once, and what an agent is asked for at the end takes a few words.
        """
        inner = () if self.in_words else self.mechanism.inner
        if not (inner or self.one_form):
            return ""
        variables = {"feels": "emotion" in inner, "plans": "planning" in inner}
        variables["one_form"] = self.one_form
        return find_template("guide").render(variables).messages[0].text

    def situation(self, stimulus: Stimulus, recalled: tuple[Recalled, ...]) -> str:
        """What all agents see of the moment: the interview so far, the question, the memories.

        The question stands in the interview, so that the next prompt begins with it. A small model
        sees it last, and not its earlier answers, which it would repeat.
        """
        budgets, exchanges = self.budgets, stimulus.interview.exchanges
        lived = [one for one in recalled if one.memory.origin != "self"]
        variables: dict[str, Any] = {
            "guide": self.guide,
            "exchanges": in_view(exchanges, budgets.exchange_tokens, budgets.exchanges),
            "memories": self._memories(stimulus, lived),
            "question": stimulus.text,
            "aside": self.guidance(stimulus),
        }
        if self.brief:
            known = [one.memory.content for one in recalled if one.memory.origin == "self"]
            variables["known"] = known
        name = "situation_brief" if self.brief else "situation"
        return find_template(name).render(variables).messages[0].text

    def guidance(self, stimulus: Stimulus) -> str:
        """What a recognised try to bring the person out of role means to them; else nothing."""
        probe = None if self.mechanism.method == "blank" else stimulus.probe
        if probe is None:
            return ""
        variables = {"probe": probe, "name": self.persona.name}
        return find_template("role").render(variables).messages[0].text

    def fault_in(self, reply: str, stimulus: Stimulus) -> str:
        """How a reply falls out of role, "" where it does not; nobody is no role."""
        if self.mechanism.method == "blank":
            return ""
        instructions, _, description = self.prefix.partition("\n\n")
        if not description:  # a brief prefix describes the person and says no more
            instructions, description = "", instructions
        told = f"{instructions}\n{self.guide}\n{self.guidance(stimulus)}"
        tried = stimulus.probe is not None
        return fault_of(reply, told, description, asked=stimulus.text, tried=tried)

    def _memories(self, stimulus: Stimulus, lived: list[Recalled]) -> list[str]:
        budgets, memories = self.budgets, [one.memory for one in lived]
        if budgets.sentences is not None:
            sentences = key_sentences(lived, stimulus.query, budgets.sentences)
            return fitting(sentences, budgets.memory_tokens)
        # A passage of the story has no gist, and who tells at length draws on more than a gist.
        if self.mechanism.method == "retrieval" or stimulus.at_length:
            return fitting(map(told, memories), budgets.memory_tokens)
        return fitting(best_and_gists(memories), budgets.gist_tokens)

    def render(self, name: str, variables: Mapping[str, Any]) -> Prompt:
        """An agent's prompt, the shared prefix in front."""
        return find_template(name).render({"persona": self.prefix, **variables})


def request_for(
    prompt: Prompt, agent: str, stimulus: Stimulus, max_tokens: int, **more: Any
) -> Request:
    """A request for one agent with the stimulus's seed and temperature."""
    return Request(
        agent=agent,
        prompt_name=prompt.name,
        prompt_hash=prompt.hash,
        messages=prompt.messages,
        max_tokens=max_tokens,
        temperature=stimulus.temperature,
        seed=stimulus.seed,
        **more,
    )
