"""What in a persona depends on a value that was changed or forgotten.

The rule, the same for everything:

- *the biography, a passage, a memory, a question* depends where it mentions the old value
  (``personas.editing.mentions``);
- *a fact* depends where its object mentions the old value, or where it is about the person, stands
  in a relation that tells of the changed attribute, and shares a content word with the old value;
- *a passage* depends too where a dependent fact rests on it;
- *a memory or a question* depends too where it is linked to a dependent passage: by its episode, or
  by a source that overlaps the words found there.

Passages are the episodes of the story; where it has none, its paragraphs.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from personas.editing.mentions import Value, first_mention
from personas.editing.passages import overlap
from simulacra.domain.change import Dependent
from simulacra.domain.memory import Memory, Span
from simulacra.domain.persona import Episode, Fact, Persona, SelfReportQuestion

RELATIONS: Mapping[str, frozenset[str]] = {
    "occupation": frozenset({"works_as", "occupation_of_life"}),
    "education": frozenset({"studied", "holds_degree", "lacks_degree"}),
    "place": frozenset({"lives_in"}),
    "languages": frozenset({"speaks"}),
    "hobbies": frozenset({"does", "likes"}),
    "date_of_birth": frozenset({"born_on"}),
    "age": frozenset({"age"}),
    "attributes.birthplace": frozenset({"born_in"}),
    "attributes.marital_status": frozenset({"marital_status", "married_to", "partner_of"}),
    "attributes.children": frozenset({"child_count", "parent_of"}),
    "attributes.dislike": frozenset({"dislikes"}),
}
"""Relations of facts (``personas/checks/relations.yaml``) that tell of an attribute."""

_PARAGRAPH = re.compile(r"[^\n]+(?:\n[^\n]+)*")


def passages_of(persona: Persona) -> tuple[Episode, ...]:
    """The episodes; of a story without any, its paragraphs under the ids p1, p2, ..."""
    if persona.episodes:
        return persona.episodes
    return tuple(
        Episode(id=f"p{number}", span=Span(start=match.start(), end=match.end()))
        for number, match in enumerate(_PARAGRAPH.finditer(persona.story), start=1)
    )


def dependents(
    persona: Persona, old: Sequence[str], *, key: str = "", why: str = ""
) -> tuple[Dependent, ...]:
    """What depends on the old values of an attribute (``key``), or on values forgotten.

    In a stated order: biography, passages, facts, memories, questions, each in its own order.
    """
    values = [Value(one) for one in old if one.strip()]
    if not values:
        return ()
    facts = list(_facts(persona, values, key))
    passages = list(_passages(persona, values, facts))
    places = [one.span for one in passages if one.span]
    episodes = {one.id for one in passages}
    found = [
        *_biography(persona, values),
        *passages,
        *facts,
        *(_memory(one, values, episodes, places) for one in persona.memories),
        *(_question(one, values, episodes) for one in persona.questions),
    ]
    kept = [one for one in found if one is not None]
    return tuple(one.model_copy(update={"why": f"{why}{one.why}"}) for one in kept)


def fact_id(fact: Fact) -> str:
    """What names a fact: it has no id of its own."""
    return " | ".join((fact.subject, fact.relation, fact.object, fact.episode or ""))


def _biography(persona: Persona, values: Sequence[Value]) -> Iterator[Dependent]:
    if found := first_mention(values, persona.biography):
        value, place = found
        quote = persona.biography[place.start : place.end]
        yield Dependent(kind="biography", why=_mentions(value), quote=quote)


def _facts(persona: Persona, values: Sequence[Value], key: str) -> Iterator[Dependent]:
    relations = RELATIONS.get(key, frozenset())
    names = {persona.name.casefold(), persona.name.split()[0].casefold()}
    for fact in persona.facts:
        mentioned = first_mention(values, fact.object)
        told = (
            fact.relation in relations
            and fact.subject.casefold() in names
            and any(value.shares_a_word(fact.object) for value in values)
        )
        if mentioned or told:
            yield Dependent(
                kind="fact",
                id=fact_id(fact),
                why=_mentions(mentioned[0]) if mentioned else f"tells of the {key}",
                span=fact.span,
                quote=persona.text_of(fact.span),
            )


def _passages(
    persona: Persona, values: Sequence[Value], facts: Sequence[Dependent]
) -> Iterator[Dependent]:
    for passage in passages_of(persona):
        text, start = persona.text_of(passage.span), passage.span.start
        if found := first_mention(values, text):
            value, place = found
            span = Span(start=start + place.start, end=start + place.end)
            why = _mentions(value)
        else:
            resting = [one for one in facts if one.span and overlap(one.span, passage.span)]
            if not resting or resting[0].span is None:
                continue
            span, why = resting[0].span, f"the fact ({resting[0].id}) rests on it"
        yield Dependent(
            kind="passage", id=passage.id, why=why, span=span, quote=persona.text_of(span)
        )


def _memory(
    memory: Memory, values: Sequence[Value], episodes: set[str], places: Sequence[Span]
) -> Dependent | None:
    texts = (memory.content, memory.thought, memory.feeling, memory.summary)
    for text in texts:
        if found := first_mention(values, text):
            value, place = found
            quote = text[place.start : place.end]
            return Dependent(
                kind="memory", id=memory.id, why=_mentions(value), span=memory.source, quote=quote
            )
    if memory.episode in episodes:
        why = f"remembers episode {memory.episode}"
    elif memory.source and any(overlap(memory.source, place) for place in places):
        why = "remembers these words"
    else:
        return None
    return Dependent(kind="memory", id=memory.id, why=why, span=memory.source, quote=memory.summary)


def _question(
    question: SelfReportQuestion, values: Sequence[Value], episodes: set[str]
) -> Dependent | None:
    texts = [question.text, *question.options.values(), *question.accept, *question.quotes]
    texts += question.answer if question.kind == "cloze" else ()
    for text in texts:
        if found := first_mention(values, text):
            return Dependent(
                kind="question", id=question.id, why=_mentions(found[0]), quote=question.text
            )
    if question.episode in episodes:
        why = f"asks about episode {question.episode}"
        return Dependent(kind="question", id=question.id, why=why, quote=question.text)
    return None


def _mentions(value: Value) -> str:
    return f"mentions {value.text!r}"
