"""Facts of a story, each with the words of the story it rests on."""

import re
from collections.abc import Sequence
from pathlib import Path

import yaml
from pydantic import Field, ValidationError

from personas.authoring.author import PROMPTS, Author, Step
from personas.authoring.background import Background
from personas.authoring.manuscript import Chapter, Manuscript
from personas.authoring.together import together
from personas.checks.finding import Finding
from personas.checks.vocabulary import relations
from simulacra.domain.base import Frozen
from simulacra.domain.call import Message
from simulacra.domain.memory import Span
from simulacra.domain.persona import Episode, Fact, Persona
from simulacra.errors import BadReply, InputError
from simulacra.prompting import Prompt, find_template

_TOKENS, _BRIEF_TOKENS = 2_000, 300


class ReadFact(Frozen):
    """A fact as the model reads it: ``quote`` is copied from the passage."""

    subject: str = Field(min_length=1)
    relation: str = Field(min_length=1)
    object: str = Field(min_length=1)
    quote: str = Field(min_length=1)


class ReadFacts(Frozen):
    """The facts of one passage."""

    facts: tuple[ReadFact, ...]


class _ShortFact(Frozen):
    """A fact of lengths that a small model can be held to."""

    subject: str = Field(min_length=1, max_length=40)
    relation: str = Field(min_length=1, max_length=30)
    object: str = Field(min_length=1, max_length=60)
    quote: str = Field(min_length=12, max_length=120)


class _ShortFacts(Frozen):
    facts: tuple[_ShortFact, ...] = Field(max_length=3)


class ChapterFacts(Frozen):
    """Facts of one chapter, spans counted from its beginning, and what was dropped."""

    facts: tuple[Fact, ...] = ()
    findings: tuple[Finding, ...] = ()


async def read_facts(
    author: Author, life: Background, chapters: Sequence[Chapter], *, attempt: int = 1
) -> dict[str, ChapterFacts]:
    """The facts of each chapter by its id, read side by side; each reader knows the ``life``."""
    written = [one for one in chapters if one.paragraphs]
    found = await together(_read(author, life, one, attempt) for one in written)
    return {chapter.id: facts for chapter, facts in zip(written, found, strict=True)}


def placed(
    story: Manuscript, found: dict[str, ChapterFacts]
) -> tuple[tuple[Fact, ...], tuple[Finding, ...]]:
    """All facts with spans into the story, and the findings."""
    _, episodes = story.story()
    facts: list[Fact] = []
    findings: list[Finding] = []
    for episode in episodes:
        of_chapter = found.get(episode.id, ChapterFacts())
        facts += [_moved(fact, episode) for fact in of_chapter.facts]
        findings += of_chapter.findings
    return tuple(facts), tuple(findings)


def quoted(quote: str, text: str) -> Span | None:
    """Where a quote stands in a text, white space taken lightly; None where it does not."""
    words = quote.split()
    if not words:
        return None
    match = re.search(r"\s+".join(re.escape(word) for word in words), text)
    return Span(start=match.start(), end=match.end()) if match else None


def facts_text(persona: Persona) -> str:
    """The facts as YAML that a person can read and edit, each with its quote."""
    rows = [
        {**fact.model_dump(include={"subject", "relation", "object", "episode"}),
         "quote": persona.text_of(fact.span)}
        for fact in persona.facts
    ]  # fmt: skip
    return yaml.safe_dump(rows, sort_keys=False, allow_unicode=True, width=100) if rows else ""


class _Edited(Frozen):
    facts: tuple["_EditedFact", ...]


class _EditedFact(ReadFact):
    episode: str


def edited_facts(text: str, persona: Persona) -> tuple[Fact, ...]:
    """The facts that a person edited, found again in the story by their quotes.

    Raises:
        InputError: it is no list of facts, or a quote does not stand in its episode.
    """
    path = Path("facts")
    try:
        edited = _Edited.model_validate({"facts": yaml.safe_load(text) or []})
    except (yaml.YAMLError, ValueError) as error:  # a date that YAML cannot make is a ValueError
        raise InputError(f"this is no list of facts: {_short(error)}", path=path) from None
    episodes = {one.id: one for one in persona.episodes}
    facts = []
    for number, one in enumerate(edited.facts, start=1):
        episode = episodes.get(one.episode)
        passage = persona.text_of(episode.span) if episode else ""
        span = quoted(one.quote, passage)
        if episode is None or span is None:
            raise InputError(
                f"fact {number}: its quote does not stand in episode {one.episode}", path=path
            )
        facts.append(_moved(_fact(one, one.episode, span), episode))
    return tuple(facts)


def facts_prompt(life: Background, chapter: Chapter) -> Prompt:
    """What the reader of a chapter is asked; its system part is the same all life long."""
    known = relations().items()
    return find_template("facts", PROMPTS).render(
        {
            "relations": [(name, one.object, one.about) for name, one in known],
            "life": life,
            "id": chapter.id,
            "when": chapter.when,
            "title": chapter.title,
            "age": chapter.age,
            "text": chapter.text,
        }
    )


async def _read(author: Author, life: Background, chapter: Chapter, attempt: int) -> ChapterFacts:
    prompt = _brief_prompt(life, chapter) if author.brief else facts_prompt(life, chapter)
    step = Step(stage="facts", part=chapter.id, attempt=attempt)
    try:
        read = await _asked(author, step, prompt)
    except BadReply as error:
        return ChapterFacts(findings=(_finding("facts-unread", chapter, str(error)),))
    facts, strange = _found(read, chapter)
    if strange and not author.brief:
        template = find_template("quotes", PROMPTS)
        again = template.render({"quotes": [one.quote for one in strange]})
        said = Message(role="assistant", text=ReadFacts(facts=read).model_dump_json())
        messages = (*prompt.messages, said, *again.messages)
        second = step.model_copy(update={"part": f"{chapter.id} quotes"})
        try:
            read = await _asked(author, second, prompt.model_copy(update={"messages": messages}))
        except BadReply:
            read = ()
        more, still = _found(read, chapter)
        facts += [one for one in more if one not in facts]
        asked = {(one.subject, one.relation, one.object) for one in more}
        strange = [one for one in strange if (one.subject, one.relation, one.object) not in asked]
        strange += [one for one in still if one not in strange]
    dropped = [
        _finding(
            "quote-not-found",
            chapter,
            f"{one.subject} {one.relation} {one.object}: dropped, since the story does not say "
            f"{one.quote!r}",
        )
        for one in strange
    ]
    return ChapterFacts(facts=tuple(facts), findings=tuple(dropped))


def _brief_prompt(life: Background, chapter: Chapter) -> Prompt:
    variables = {"text": chapter.text, "name": life.name}
    return find_template("facts_brief", PROMPTS).render(variables)


async def _asked(author: Author, step: Step, prompt: Prompt) -> tuple[ReadFact, ...]:
    if author.brief:
        short = await author.fill(step, prompt, _ShortFacts, max_tokens=_BRIEF_TOKENS)
        return tuple(ReadFact(**one.model_dump()) for one in short.facts)
    return (await author.fill(step, prompt, ReadFacts, max_tokens=_TOKENS)).facts


def _found(read: Sequence[ReadFact], chapter: Chapter) -> tuple[list[Fact], list[ReadFact]]:
    """Facts whose quotes stand in the chapter, each once, and those whose quotes do not."""
    facts: dict[tuple[str, str, str], Fact] = {}
    strange = []
    for one in read:
        span = quoted(one.quote, chapter.text)
        if span is None:
            strange.append(one)
        else:
            key = (one.subject, one.relation, one.object)
            facts.setdefault(key, _fact(one, chapter.id, span))
    return list(facts.values()), strange


def _fact(read: ReadFact, episode: str, span: Span) -> Fact:
    return Fact(
        subject=read.subject,
        relation=read.relation,
        object=read.object,
        episode=episode,
        span=span,
    )


def _moved(fact: Fact, episode: Episode) -> Fact:
    start = episode.span.start
    span = Span(start=start + fact.span.start, end=start + fact.span.end)
    return fact.model_copy(update={"span": span})


def _finding(kind: str, chapter: Chapter, message: str) -> Finding:
    return Finding(kind=kind, severity="warning", message=message, episode=chapter.id)


def _short(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(str(part) for part in first['loc'][1:])}: {first['msg']}"
    return str(error).splitlines()[0]
