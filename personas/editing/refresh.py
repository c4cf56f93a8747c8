"""Brings what is stale up to date: passages and the biography by a model, then memories.

In rounds whose inputs are fixed when they begin: first all stale passages and the biography side by
side, from the persona as it is; then, from the new text, the memories. Questions whose key is the
old value of an attribute take the new one without a model. A fact whose words are gone from its
passage goes with them. What could not be refreshed stays stale and is named.
"""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from personas.authoring.author import PROMPTS, Author, Step
from personas.authoring.memories import Made, Wanted, free_memory_id, make_memories, with_memories
from personas.authoring.remembering import is_own, records, wanted_again
from personas.authoring.rounds import side_by_side
from personas.editing.changes import Changed, checked
from personas.editing.dependents import fact_id, passages_of
from personas.editing.experiences import OWN_WORDS
from personas.editing.mentions import Value, first_mention
from personas.editing.passages import overlap, replace_passage
from personas.editing.questions import with_new_key
from simulacra.cognition.persona_prompt import facts_of
from simulacra.domain.change import Change, Dependent, Draft
from simulacra.domain.persona import Episode, Persona
from simulacra.errors import BadReply
from simulacra.prompting import find_template

STAGE = "refresh"
TRIES = 2
_SEEN = 60  # words of the neighbours that a prompt shows
_TOLD = 150  # words at least asked for when an experience is told


class _Rewriter:
    """Writes the texts of one refresh; ``changes`` are those that count."""

    def __init__(self, persona: Persona, changes: Sequence[Change], author: Author) -> None:
        self._persona, self._author = persona, author
        told = [one for one in changes if one.kind in ("set", "forget")]
        self._told = [f"{_VERBS[one.kind]} {one.summary}" for one in told]
        self._gone = [Value(one) for one in gone_values(told)]
        self._facts = facts_of(persona)

    async def biography(self) -> str:
        """The biography, rewritten."""
        variables = {"biography": self._persona.biography, "changes": self._told}
        return await self._write("rewrite_biography", "biography", variables, 1600)

    async def passage(self, position: int, passage: Episode, own_words: bool) -> str:
        """A passage, rewritten; or told, where it stands in the person's own words."""
        passages = passages_of(self._persona)
        text = self._persona.text_of
        before = text(passages[position - 1].span).split() if position else []
        after = text(passages[position + 1].span).split() if passages[position + 1 :] else []
        words = text(passage.span).split()
        variables: dict[str, Any] = {
            "before": " ".join(before[-_SEEN:]),
            "after": " ".join(after[:_SEEN]),
            "when": passage.when,
            "age": passage.age,
            "title": passage.title,
            "passage": text(passage.span),
        }
        if own_words:
            variables["words"] = max(_TOLD, len(words))
        else:
            variables["changes"] = self._told
        name = "tell_experience" if own_words else "rewrite_passage"
        most = 2 * max(_TOLD, len(words)) + 200
        written = await self._write(name, f"passage {passage.id}", variables, most)
        # Paragraphs are passages where there are no episodes, and must stay as many as they are.
        return written if self._persona.episodes else " ".join(written.split())

    async def _write(self, name: str, part: str, variables: dict[str, Any], most: int) -> str:
        fault = ""
        for attempt in range(1, TRIES + 1):
            whole = {**variables, "name": self._persona.name, "facts": self._facts, "fault": fault}
            prompt = find_template(name, PROMPTS).render(whole)
            step = Step(stage=STAGE, part=part, attempt=attempt)
            text = (await self._author.write(step, prompt, max_tokens=most)).strip()
            fault = self._fault(text, told=name == "tell_experience")
            if not fault:
                return text
        raise BadReply(f"{self._author.model} gave no usable {part}: {fault}")

    def _fault(self, text: str, *, told: bool) -> str:
        """What is wrong with a text, in words."""
        if not text:
            return "it was empty."
        if any(line.lstrip().startswith("#") for line in text.splitlines()):
            return "it has a heading; reply with plain prose."
        if not told and (found := first_mention(self._gone, text)):
            value, place = found
            return f'it still says "{value.text}": {text[place.start : place.end]}'
        return ""


_VERBS = {"set": "changed:", "forget": "no longer part of the life:"}


def gone_values(changes: Sequence[Change]) -> list[str]:
    """Values of attributes that these changes took away, and that none brought back."""
    old: dict[str, None] = {}
    for change in changes:
        for value in change.details.get("values", ()):
            old |= dict.fromkeys(one for one in value["old"] if one not in value["new"])
            for one in value["new"]:
                old.pop(one, None)
        old |= dict.fromkeys(change.details.get("words", ()) if change.kind == "forget" else ())
    return list(old)


async def refresh(
    persona: Persona,
    stale: Sequence[Dependent],
    changes: Sequence[Change],
    author: Author,
    *,
    concurrency: int = 8,
    on_done: Callable[[str], None] | None = None,
) -> Changed:
    """Bring the stale parts up to date; ``changes`` are those that count, oldest first.

    Raises:
        FatalModelError: no call can succeed; what was bought is kept.
        BudgetSpent: the budget allows no further call; likewise.
    """
    texts, failures = await _texts(persona, stale, changes, author, concurrency, on_done)
    changed = _with_texts(persona, texts)
    changed, answered = with_new_keys(changed, stale, changes)
    made = await _memories(changed, stale, changes, author, concurrency, on_done)
    changed = checked(with_memories(changed, made.memories))
    gone = [fact_id(one) for one in persona.facts if fact_id(one) not in _ids(changed)]
    refreshed = [*texts, *answered, *(f"memory:{key}" for key in made.memories)]
    refreshed += [f"memory:of {one.episode}" for one in made.memories.values()]
    failures |= {f"memory:{key}": words for key, words in made.failures.items()}
    still = {one.key for one in stale} - set(refreshed) - {f"fact:{one}" for one in gone}
    details = {
        "made": records(changed, made.memories.values()),
        "failures": failures,
        "facts_gone": gone,
        "removed": [f"fact:{one}" for one in gone],
    }
    summary = f"{len(refreshed)} parts refreshed, {len(still)} still stale"
    draft = Draft(kind="refresh", summary=summary, refreshed=tuple(refreshed), details=details)
    return Changed(changed, draft)


async def _texts(
    persona: Persona,
    stale: Sequence[Dependent],
    changes: Sequence[Change],
    author: Author,
    concurrency: int,
    on_done: Callable[[str], None] | None,
) -> tuple[dict[str, str], dict[str, str]]:
    """New texts of the biography and the passages by key, and what failed."""
    rewriter = _Rewriter(persona, changes, author)
    asked = {one.key: one for one in stale}
    work: dict[str, Callable[[], Awaitable[str]]] = {}
    if "biography:" in asked:
        work["biography:"] = rewriter.biography
    for position, passage in enumerate(passages_of(persona)):
        if one := asked.get(f"passage:{passage.id}"):
            own = OWN_WORDS in one.why.split("; ")
            work[one.key] = partial(rewriter.passage, position, passage, own)
    return await side_by_side(work, concurrency, on_done)


def _with_texts(persona: Persona, texts: dict[str, str]) -> Persona:
    """The persona with the new texts; facts whose words are gone are left out."""
    changed = persona
    if "biography:" in texts:
        changed = changed.model_copy(update={"biography": texts["biography:"]})
    for passage in passages_of(persona):
        if text := texts.get(f"passage:{passage.id}"):
            place = next(one for one in passages_of(changed) if one.id == passage.id).span
            lost = [
                number
                for number, one in enumerate(changed.facts)
                if overlap(one.span, place) and changed.text_of(one.span) not in text
            ]
            facts = [one for number, one in enumerate(changed.facts) if number not in lost]
            changed = changed.model_copy(update={"facts": tuple(facts)})
            changed = replace_passage(changed, place, text)
    return changed


def with_new_keys(
    persona: Persona, stale: Sequence[Dependent], changes: Sequence[Change]
) -> tuple[Persona, list[str]]:
    """The persona with stale questions answered anew where the key is an attribute's old value."""
    asked = {one.id for one in stale if one.kind == "question"}
    values = [
        (value["old"], value["new"])
        for change in changes
        for value in change.details.get("values", ())
    ]
    questions, answered = [], []
    for question in persona.questions:
        new = with_new_key(question, values) if question.id in asked else question
        questions.append(new)
        if new != question:
            answered.append(f"question:{question.id}")
    return persona.model_copy(update={"questions": tuple(questions)}), answered


async def _memories(
    persona: Persona,
    stale: Sequence[Dependent],
    changes: Sequence[Change],
    author: Author,
    concurrency: int,
    on_done: Callable[[str], None] | None,
) -> Made:
    """The stale memories that no person edited, and those that episodes still lack."""
    asked = {one.id for one in stale if one.kind == "memory"}
    episodes = {one.id for one in persona.episodes}
    wanted = [
        wanted_again(persona, memory)
        for memory in persona.memories
        if memory.id in asked and memory.episode in episodes and not is_own(memory, changes)
    ]
    taken = {one.id for one in persona.memories}
    for episode in persona.episodes:
        if f"of {episode.id}" in asked:
            fresh = free_memory_id(episode.id, taken)
            taken.add(fresh)
            wanted.append(Wanted(episode=episode.id, memory=fresh))
    return await make_memories(persona, wanted, author, concurrency=concurrency, on_done=on_done)


def _ids(persona: Persona) -> set[str]:
    return {fact_id(one) for one in persona.facts}
