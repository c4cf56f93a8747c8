"""One question of the self report that is a choice: the form asked for, the prompt, the checks.

Where it is about the profile, the right options are the profile's own words; where it is about an
episode, every right option rests on words of the story. A reply that breaks a rule is asked for
again with the fault named.
"""

import random
from collections.abc import Sequence
from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from personas.authoring.author import PROMPTS, Author, Step
from personas.authoring.portrait import portrait
from personas.basis import basis_of, profile_values
from personas.checks.finding import Finding
from personas.checks.questions import SHAPES, question_findings, same_as
from personas.editing.mentions import sentences_of
from personas.editing.passages import overlap
from simulacra.domain.base import Frozen
from simulacra.domain.persona import Episode, Fact, Persona, SelfReportQuestion
from simulacra.errors import BadReply
from simulacra.prompting import Prompt, find_template

STAGE = "questions"
TRIES = 3
"""Attempts at a question, each with the faults of the one before."""
MAX_TOKENS, BRIEF_TOKENS = 700, 300

_HARMLESS = frozenset({"key-stands-out"})  # left to the reviewer at once
_LETTERS = "ABCDEF"


class RightOption(Frozen):
    """A right option and the words of the passage that say so."""

    option: str = Field(min_length=1)
    quote: str = Field(min_length=1)


_Wrong = Annotated[tuple[str, ...], Field(min_length=3, max_length=3)]


class SingleChoice(Frozen):
    """A question about a passage with one right option and three wrong ones."""

    question: str = Field(min_length=1)
    right: Annotated[tuple[RightOption, ...], Field(min_length=1, max_length=1)]
    wrong: _Wrong


class MultipleChoice(Frozen):
    """A question about a passage with three right options and three wrong ones."""

    question: str = Field(min_length=1)
    right: Annotated[tuple[RightOption, ...], Field(min_length=3, max_length=3)]
    wrong: _Wrong


class ProfileChoice(Frozen):
    """A question whose right options are given, and three wrong ones."""

    question: str = Field(min_length=1)
    wrong: _Wrong


_Short = Annotated[str, Field(min_length=1, max_length=60)]
_ShortWrong = Annotated[tuple[_Short, ...], Field(min_length=3, max_length=3)]


class ShortSingle(Frozen):
    """See ``SingleChoice``; of lengths that a small model can be held to, its quote being given."""

    question: str = Field(min_length=10, max_length=120)
    right: Annotated[tuple[_Short, ...], Field(min_length=1, max_length=1)]
    wrong: _ShortWrong


class ShortMultiple(Frozen):
    """See ``MultipleChoice`` and ``ShortSingle``."""

    question: str = Field(min_length=10, max_length=120)
    right: Annotated[tuple[_Short, ...], Field(min_length=3, max_length=3)]
    wrong: _ShortWrong


class ShortProfile(ProfileChoice):
    """See ``ProfileChoice`` and ``ShortSingle``."""

    question: str = Field(min_length=10, max_length=120)
    wrong: _ShortWrong


class Slot(Frozen):
    """A question to be made: about an episode, or about values (``right``) of the profile."""

    id: str
    kind: Literal["single", "multiple"]
    episode: str | None = None
    label: str = ""
    right: tuple[str, ...] = ()


class Asked(Frozen):
    """A question that may stay, and what a reviewer should look at."""

    question: SelfReportQuestion
    findings: tuple[Finding, ...] = ()


async def make_question(
    persona: Persona,
    slot: Slot,
    author: Author,
    *,
    attempt: int = 1,
    note: str = "",
    known: Sequence[SelfReportQuestion] = (),
) -> Asked:
    """One question that asks for something else than those known.

    Raises:
        BadReply: no attempt kept the rules; the faults of the last one are told.
        ModelError, BudgetSpent: the call itself failed.
    """
    faults: list[str] = []
    for number in range(1, TRIES + 1):
        step = Step(
            stage=STAGE,
            part=f"{slot.id} {slot.episode or slot.label}",
            attempt=(attempt - 1) * TRIES + number,
        )
        prompt = question_prompt(
            persona, slot, known=known, note=note, faults=faults, brief=author.brief
        )
        asked = await _asked(persona, slot, author, step, prompt)
        findings = question_findings(persona, asked)
        if (twin := same_as(asked, known)) is not None:
            faults = [f'it asks the same as "{twin.text}"']
            continue
        grave = [one for one in findings if one.kind not in _HARMLESS]
        last = number == TRIES and not author.brief
        if not grave or (last and all(one.severity == "warning" for one in grave)):
            return Asked(question=asked, findings=tuple(findings))
        faults = [one.message.removeprefix(f"{slot.id}: ") for one in grave]
    raise BadReply(f"{author.model} gave no usable question in {TRIES} attempts: {faults[0]}")


def question_prompt(
    persona: Persona,
    slot: Slot,
    *,
    known: Sequence[SelfReportQuestion] = (),
    note: str = "",
    faults: Sequence[str] = (),
    brief: bool = False,
) -> Prompt:
    """The prompt for one question; those known of the same episode stand in it."""
    name = "question" if slot.episode else "question_profile"
    shared = {"name": persona.name, "faults": list(faults)}
    if brief:
        about = (
            {"sentences": _sentences(persona, slot)}
            if slot.episode
            else {"label": slot.label, "right": list(slot.right)}
        )
        return find_template(f"{name}_brief", PROMPTS).render({**shared, **about})
    shared |= {"portrait": portrait(persona).strip(), "note": note}
    if not slot.episode:
        about = {"label": slot.label, "right": list(slot.right)}
        return find_template(name, PROMPTS).render({**shared, **about})
    episode = _episode(persona, slot)
    facts = [f"{one.subject} {one.relation} {one.object}" for one in facts_of(persona, episode)]
    told = {
        "kind": slot.kind,
        "when": episode.when,
        "age": episode.age,
        "title": episode.title,
        "passage": persona.text_of(episode.span).strip(),
        "facts": facts,
        "asked": [one.text for one in known if one.episode == episode.id],
    }
    return find_template(name, PROMPTS).render({**shared, **told})


def facts_of(persona: Persona, episode: Episode) -> list[Fact]:
    """The facts that rest on words of an episode."""
    return [one for one in persona.facts if overlap(one.span, episode.span)]


class _Reply(NamedTuple):
    """What a model gave, in whatever form it was asked for."""

    question: str
    right: Sequence[str]
    quotes: Sequence[str]
    wrong: Sequence[str]


async def _asked(
    persona: Persona, slot: Slot, author: Author, step: Step, prompt: Prompt
) -> SelfReportQuestion:
    if not slot.episode:
        reply = await _about_profile(slot, author, step, prompt)
    elif author.brief:
        led: type[ShortSingle | ShortMultiple]
        led = ShortSingle if slot.kind == "single" else ShortMultiple
        short = await author.fill(step, prompt, led, max_tokens=BRIEF_TOKENS)
        reply = _Reply(short.question, short.right, _sentences(persona, slot), short.wrong)
    else:
        free: type[SingleChoice | MultipleChoice]
        free = SingleChoice if slot.kind == "single" else MultipleChoice
        full = await author.fill(step, prompt, free, max_tokens=MAX_TOKENS)
        right, quotes = zip(*((one.option, one.quote) for one in full.right), strict=True)
        reply = _Reply(full.question, right, quotes, full.wrong)
    return _lettered(persona, slot, reply, random.Random(author.seed_for(step, "order")))


async def _about_profile(slot: Slot, author: Author, step: Step, prompt: Prompt) -> _Reply:
    form: type[ProfileChoice] = ShortProfile if author.brief else ProfileChoice
    limit = BRIEF_TOKENS if author.brief else MAX_TOKENS
    given = await author.fill(step, prompt, form, max_tokens=limit)
    return _Reply(given.question, slot.right, (), given.wrong)


def _lettered(
    persona: Persona, slot: Slot, reply: _Reply, order: random.Random
) -> SelfReportQuestion:
    """The question with its options in an order that tells nothing."""
    options = [*enumerate(reply.right), *((None, one) for one in reply.wrong)]
    order.shuffle(options)
    lettered = list(zip(_LETTERS, options, strict=False))
    right = [(letter, place) for letter, (place, _) in lettered if place is not None]
    question = SelfReportQuestion(
        id=slot.id,
        kind=slot.kind,
        text=reply.question.strip(),
        options={letter: option.strip() for letter, (_, option) in lettered},
        answer=tuple(letter for letter, _ in right),
        episode=slot.episode,
        quotes=tuple(reply.quotes[place].strip() for _, place in right) if reply.quotes else (),
    )
    values = profile_values(persona.name, persona.profile)
    return question.model_copy(update={"basis": basis_of(question, values)})


def _sentences(persona: Persona, slot: Slot) -> list[str]:
    """What a small model is to ask about: the words of facts, else sentences of the passage."""
    episode, count = _episode(persona, slot), SHAPES[slot.kind][1]
    told = [persona.text_of(one.span) for one in facts_of(persona, episode)]
    text = persona.text_of(episode.span)
    told += [text[one.start : one.end] for one in sentences_of(text)]
    return list(dict.fromkeys(told))[:count]


def _episode(persona: Persona, slot: Slot) -> Episode:
    return next(one for one in persona.episodes if one.id == slot.episode)
