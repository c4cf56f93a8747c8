"""Whether questions about a person can be asked: keys that the story bears out, fair options.

A ``contradiction`` makes a question wrong as it stands; a ``warning`` is for a reader to judge.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from personas.authoring.facts import quoted
from personas.basis import profile_values
from personas.checks.finding import Finding
from personas.editing.mentions import Value
from personas.editing.passages import overlap
from personas.formats.text_files import plain
from simulacra.domain.memory import Span
from simulacra.domain.persona import Fact, Persona, SelfReportQuestion
from simulacra.memory.lexical import content_words

SHAPES = {"single": (4, 1), "multiple": (6, 3)}
"""Options and keys of each kind of choice (Xie et al., 2025)."""

_LONGER = 1.25  # how much longer than every other option a key stands out
_MOSTLY = 0.75  # share of questions from which on long keys are a pattern
_FEW = 3
_MARKED = re.compile(r"\s*[A-Fa-f1-6][.):]\s")

Severity = Literal["contradiction", "warning"]


def question_findings(persona: Persona, question: SelfReportQuestion) -> list[Finding]:
    """What is wrong with one question, itself looked at."""
    if question.kind == "cloze":
        return []
    checks = (_shape, _quotes, _support, _given_away, _also_true, _stands_out)
    return [found for check in checks for found in check(persona, question)]


def set_findings(persona: Persona, questions: Sequence[SelfReportQuestion]) -> list[Finding]:
    """What is wrong with all questions of a person, each by itself and together."""
    found = [one for question in questions for one in question_findings(persona, question)]
    for place, question in enumerate(questions):
        if (twin := same_as(question, questions[:place])) is not None:
            text = f"asks the same as {twin.id}"
            found.append(_finding("question-twice", "contradiction", question, text))
    choices = [one for one in questions if one.kind != "cloze"]
    longest = [one.id for one in choices if _mean_length(one, True) > _mean_length(one, False)]
    if len(choices) >= _FEW and len(longest) > _MOSTLY * len(choices):
        text = f"in {len(longest)} of {len(choices)} choices the right options are the longer ones"
        found.append(Finding(kind="keys-longer", severity="warning", message=text))
    return found


def same_as(
    question: SelfReportQuestion, others: Sequence[SelfReportQuestion]
) -> SelfReportQuestion | None:
    """The question among others that asks the same: equal words, or equal keys of one episode."""
    for one in others:
        if plain(one.text) == plain(question.text):
            return one
        told = one.kind == question.kind != "cloze" and one.episode == question.episode
        if told and _keys(one) == _keys(question):
            return one
    return None


def key_texts(question: SelfReportQuestion) -> list[str]:
    """The right options, in the order of the key."""
    return [question.options[key] for key in question.answer]


def wrong_texts(question: SelfReportQuestion) -> list[str]:
    """The other options."""
    return [text for key, text in question.options.items() if key not in question.answer]


def _shape(_: Persona, question: SelfReportQuestion) -> Iterator[Finding]:
    options, keys = SHAPES[question.kind]
    if (len(question.options), len(set(question.answer))) != (options, keys):
        text = (
            f"has {len(question.options)} options and {len(set(question.answer))} keys, not "
            f"{options} and {keys}"
        )
        yield _finding("question-shape", "contradiction", question, text)
    seen: set[str] = set()
    for option in question.options.values():
        if not plain(option) or _MARKED.match(option):
            text = f'has an option that is empty or begins with a letter: "{option}"'
            yield _finding("option-form", "contradiction", question, text)
        elif plain(option) in seen:
            text = f'gives the option "{option}" twice'
            yield _finding("option-twice", "contradiction", question, text)
        seen.add(plain(option))


def _quotes(persona: Persona, question: SelfReportQuestion) -> Iterator[Finding]:
    passage, _ = _passage(persona, question)
    for quote in question.quotes:
        if quoted(quote, passage) is None:
            text = f'rests on words that do not stand in the passage: "{quote}"'
            yield _finding("quote-not-found", "contradiction", question, text)


def _support(_: Persona, question: SelfReportQuestion) -> Iterator[Finding]:
    if len(question.quotes) != len(question.answer):
        return
    for key, quote in zip(key_texts(question), question.quotes, strict=True):
        if not Value(key).shares_a_word(quote):
            text = f'the right option "{key}" has no word of its quote "{quote}"'
            yield _finding("key-unsupported", "warning", question, text)


def _given_away(_: Persona, question: SelfReportQuestion) -> Iterator[Finding]:
    stems = set(content_words([question.text])[0]) | set(plain(question.text).split())
    for key in key_texts(question):
        if Value(key).words and Value(key).words <= stems:
            text = f'the question itself says the right option "{key}"'
            yield _finding("key-in-question", "contradiction", question, text)


def _also_true(persona: Persona, question: SelfReportQuestion) -> Iterator[Finding]:
    """Wrong options that the profile or a fact of the same relation calls right.

    One that only mentions such a value is a warning: it may be told of somebody else.
    """
    facts = _rival_facts(persona, question)
    values = profile_values(persona.name, persona.profile)
    rivals = [Value(one.object) for one in facts]
    objects = {plain(one.object) for one in facts}
    for option in wrong_texts(question):
        text = f'the option "{option}" is counted wrong, but is true as well'
        if plain(option) in values | objects:
            yield _finding("distractor-true", "contradiction", question, text)
        elif any(_told(rival, option) for rival in rivals) or any(
            f" {plain(option)} " in f" {plain(quote)} " for quote in question.quotes
        ):
            text = f'the option "{option}" is counted wrong, but may be true as well'
            yield _finding("distractor-true", "warning", question, text)


def _told(value: Value, option: str) -> bool:
    return bool(value.words) and value.is_told_by(frozenset(content_words([option])[0]))


def _rival_facts(persona: Persona, question: SelfReportQuestion) -> list[Fact]:
    """Facts with subject and relation of one that a key rests on, whose object is no key."""
    passage, start = _passage(persona, question)
    places = [
        Span(start=start + place.start, end=start + place.end)
        for quote in question.quotes
        if (place := quoted(quote, passage)) is not None
    ]
    about = {
        (one.subject, one.relation)
        for one in persona.facts
        if any(overlap(one.span, place) for place in places)
    }
    keys = key_texts(question)
    return [
        one
        for one in persona.facts
        if (one.subject, one.relation) in about
        and not any(_told(Value(one.object), key) for key in keys)
    ]


def _stands_out(_: Persona, question: SelfReportQuestion) -> Iterator[Finding]:
    keys, wrong = key_texts(question), wrong_texts(question)
    if keys and wrong and min(map(len, keys)) > _LONGER * max(map(len, wrong)):
        text = "the right option is much longer than the others"
        yield _finding("key-stands-out", "warning", question, text)


def _passage(persona: Persona, question: SelfReportQuestion) -> tuple[str, int]:
    """The text that a question is about, and where it begins in the story."""
    for episode in persona.episodes:
        if episode.id == question.episode:
            return persona.text_of(episode.span), episode.span.start
    return persona.story, 0


def _keys(question: SelfReportQuestion) -> set[str]:
    return {plain(one) for one in key_texts(question)}


def _mean_length(question: SelfReportQuestion, right: bool) -> float:
    texts = key_texts(question) if right else wrong_texts(question)
    return sum(map(len, texts)) / len(texts) if texts else 0.0


def _finding(kind: str, severity: Severity, question: SelfReportQuestion, text: str) -> Finding:
    return Finding(
        kind=kind, severity=severity, message=f"{question.id}: {text}", episode=question.episode
    )
