"""What the checks of a life say of an outline, a biography and memories, which are no story yet.

Each is laid out as a story whose episodes it dates, and that life is checked. Findings name the
episode or the memory: their spans would point into a story that nobody sees.
"""

from collections.abc import Sequence

from personas.authoring.manuscript import Chapter, Manuscript
from personas.authoring.outline import Outline
from personas.checks.calendar import ages
from personas.checks.claims import birth_of, day_of
from personas.checks.coreference import Coreference
from personas.checks.finding import Check, Finding
from personas.checks.remembered import as_told, memories_dated, memories_in_third_person
from personas.checks.told_claims import told_claims
from simulacra.domain.memory import Memory, Span
from simulacra.domain.persona import Episode, Persona

_NOTHING_YET = {"biography": "", "facts": (), "memories": (), "questions": ()}


def outline_contradictions(persona: Persona, outline: Outline, check: Check) -> list[Finding]:
    """What contradicts itself or the profile in the events planned."""
    chapters = tuple(
        Chapter(
            id=one.id,
            when=one.when,
            age=one.age,
            title=one.title,
            paragraphs=(one.happens, one.changes),
        )
        for one in outline.episodes
    )
    life = _life(persona, Manuscript(chapters=chapters))
    return _named(life, check(life))


def biography_contradictions(
    persona: Persona, biography: Manuscript, check: Check
) -> list[Finding]:
    """What contradicts itself or the profile in a biography.

    Its paragraphs run on: an age that is reached before the next one's date is no contradiction.
    """
    life = _life(persona, biography)
    later = _ages_on_the_way(life)
    found = check(life)
    return _named(life, [one for one in found if one.kind != "age-wrong" or one.span not in later])


def memory_findings(persona: Persona, memories: Sequence[Memory], check: Check) -> list[Finding]:
    """What is wrong with memories of a life: dates, ages, voice, and what they claim.

    What they claim is measured against the life and each other: every memory is told after its
    episode, in the third person.
    """
    whole = persona.model_copy(update={"memories": tuple(memories)})
    claimed = _claimed(persona, memories, check)
    return [*memories_dated(whole), *claimed, *memories_in_third_person(whole)]


def _life(persona: Persona, told: Manuscript) -> Persona:
    """The person with a text in place of the story, and nothing else told of."""
    text, episodes = told.story()
    return persona.model_copy(update={**_NOTHING_YET, "story": text, "episodes": episodes})


def _named(life: Persona, findings: Sequence[Finding]) -> list[Finding]:
    """The contradictions, with their words in place of their spans."""
    return [
        one.model_copy(update={"span": None, "other_span": None, "message": _with_words(one, life)})
        for one in findings
        if one.severity == "contradiction"
    ]


def _ages_on_the_way(life: Persona) -> set[Span | None]:
    """Where a paragraph tells an age that the person reaches before the date of the next one."""
    ids = [one.id for one in life.episodes]
    born, days = birth_of(life.profile), [day_of(one) for one in life.episodes]
    found = set[Span | None]()
    for claim in told_claims(life):
        if claim.relation != "age" or claim.subject != life.name or claim.episode is None:
            continue
        place = ids.index(claim.episode)
        first, last = days[place], next((one for one in days[place + 1 :] if one), None)
        if born and first and last:
            youngest, oldest = ages(born, (first[0], last[1]))
            if youngest <= int(claim.object) <= oldest:
                found.add(claim.span)
    return found


def _with_words(one: Finding, life: Persona) -> str:
    """The message with the words that it is about, where it does not hold them."""
    words = life.text_of(one.span).strip() if one.span else ""
    return one.message if words in one.message else f"{one.message}: {words}"


def _claimed(persona: Persona, memories: Sequence[Memory], check: Check) -> list[Finding]:
    life, places = _with_memories_told(persona, memories)
    by_id = {one.id: one for one in memories}
    found = []
    for one in check(life):
        spans = [span for span in (one.span, one.other_span) if span]
        told = [key for span in spans for key, place in places if _within(span, place)]
        if one.severity == "contradiction" and told:
            memory = by_id[told[0]]
            changes = {
                "message": f"memory {memory.id}: {_with_words(one, life)}",
                "span": memory.source,
                "other_span": None,
                "episode": memory.episode,
                "detail": f"memory:{memory.id}",
            }
            found.append(one.model_copy(update=changes))
    return found


def _with_memories_told(
    persona: Persona, memories: Sequence[Memory]
) -> tuple[Persona, list[tuple[str, Span]]]:
    """The life with each memory told at the end of its episode, and where each is told."""
    story, episodes, places = "", list[Episode](), list[tuple[str, Span]]()
    moved = dict[str, int]()
    name = Coreference(persona).given
    for episode in persona.episodes:
        start = len(story)
        moved[episode.id] = start - episode.span.start
        story += persona.text_of(episode.span)
        for memory in memories:
            if memory.episode == episode.id:
                begin = len(story) + 2
                story += f"\n\n{as_told(memory, name)}"
                places.append((memory.id, Span(start=begin, end=len(story))))
        span = Span(start=start, end=len(story))
        episodes.append(episode.model_copy(update={"span": span}))
        story += "\n\n"
    facts = tuple(
        one.model_copy(update={"span": _shifted(one.span, moved[one.episode])})
        for one in persona.facts
        if one.episode in moved
    )
    return (
        persona.model_copy(
            update={"story": story, "episodes": tuple(episodes), "facts": facts, "memories": ()}
        ),
        places,
    )


def _shifted(span: Span, by: int) -> Span:
    return Span(start=span.start + by, end=span.end + by)


def _within(span: Span, place: Span) -> bool:
    return place.start <= span.start < place.end
