import json
from collections.abc import Callable

import pytest

from personas.authoring.author import PROMPTS
from personas.editing.changes import Changed, edit_memory, set_values
from personas.editing.experiences import add_experience, forget
from personas.editing.history import stale
from personas.editing.refresh import refresh
from simulacra.domain.call import Request
from simulacra.domain.change import Change
from simulacra.domain.persona import Persona, SelfReportQuestion
from simulacra.errors import FatalModelError
from simulacra.llm.scripted import ScriptedModel
from tests.personas.editing.test_changes import with_facts
from tests.support.authoring import FakeLedger, author
from tests.support.snapshots import Snapshots, readable

MEMORY = {
    "content": "I steered the ship in.",
    "thought": "Water keeps no lanes.",
    "feeling": "Steady, with cold hands.",
    "emotions": [{"name": "pride", "intensity": 6}],
    "summary": "I steer the first ship in.",
    "importance": 6,
    "quote": "Forty ships, one pencil.",
}
DEPOT = "In Szeged I was put on the pilot boat. Forty ships, one pencil."


class Editor:
    """Rewrites by rule and keeps the requests."""

    def __init__(self, **replies: str) -> None:
        self.replies = {
            "rewrite_passage": DEPOT,
            "rewrite_biography": "She brings ships in.",
            "tell_experience": "She learned to swim at the weir.",
            "memory": json.dumps(MEMORY),
            **replies,
        }
        self.requests: list[Request] = []

    def __call__(self, request: Request) -> str:
        self.requests.append(request)
        return self.replies[request.prompt_name]

    def asked(self) -> list[str]:
        return sorted(one.prompt_name for one in self.requests)


def after(persona: Persona, *edits: Callable[[Persona], Changed]) -> tuple[Persona, list[Change]]:
    """The persona after edits, and their rows."""
    changes: list[Change] = []
    for number, edit in enumerate(edits, start=1):
        changed = edit(persona)
        persona = changed.persona.model_copy(update={"version": number + 1})
        row = Change.model_validate(
            {**changed.draft.model_dump(), "number": number, "by": "x", "at": "2026-01-01",
             "base": number, "version": number + 1}
        )  # fmt: skip
        changes.append(row)
    return persona, changes


def pilot(persona: Persona) -> Changed:
    return set_values(persona, ["occupation=ship pilot"])


async def refreshed(persona: Persona, changes: list[Change], editor: Editor) -> Changed:
    found = stale(persona, changes)
    return await refresh(persona, found, changes, author(ScriptedModel(editor)))


async def test_passages_then_memories_are_rewritten() -> None:
    question = SelfReportQuestion(id="job", kind="cloze", text="Work?", answer=("tram dispatcher",))
    person = with_facts()
    person = person.model_copy(
        update={
            "questions": (*person.questions, question),
            "biography": "A tram dispatcher from Szeged.",
        }
    )
    person, changes = after(person, pilot)
    editor = Editor()
    changed, draft = await refreshed(person, changes, editor)
    assert changed.text_of(changed.episodes[1].span) == DEPOT
    assert changed.text_of(changed.episodes[2].span).startswith("Judit married")
    assert changed.biography == "She brings ships in."
    memory = changed.memories[1]
    assert (memory.id, memory.content, memory.episode) == ("m02", MEMORY["content"], "depot")
    assert changed.text_of(memory.source) == "Forty ships, one pencil."
    assert changed.memories[0].content == person.memories[0].content
    assert changed.questions[-1].answer == ("ship pilot",)
    assert [one.relation for one in changed.facts] == ["does", "sibling_of"]
    assert editor.asked() == ["memory", "rewrite_biography", "rewrite_passage"]
    memory_prompt = readable(next(one for one in editor.requests if one.prompt_name == "memory"))
    assert DEPOT in memory_prompt
    assert draft.summary == "5 parts refreshed, 1 still stale"
    row = Change.model_validate(
        {**draft.model_dump(), "number": 2, "by": "x", "at": "2026-01-01", "base": 2, "version": 3}
    )
    left = stale(changed.model_copy(update={"version": 3}), [*changes, row])
    assert [one.key for one in left] == ["question:q02"]


async def test_an_experience_is_told_and_remembered() -> None:
    person, changes = after(with_facts(), lambda one: add_experience(one, "2003-05: I swam."))
    editor = Editor()
    changed, draft = await refreshed(person, changes, editor)
    told = changed.episodes[2]
    assert changed.text_of(told.span) == "She learned to swim at the weir."
    assert [one.id for one in changed.memories] == ["m01", "m02", "m04", "m03"]
    assert changed.memories[2].episode == "e04"
    assert changed.memories[2].when == "2003-05"
    assert set(draft.refreshed) == {"passage:e04", "memory:m04", "memory:of e04"}
    assert draft.summary.endswith("0 still stale")


async def test_what_a_person_edited_is_not_written_over() -> None:
    person, changes = after(
        with_facts(), lambda one: edit_memory(one, "m02", "content=I kept the board."), pilot
    )
    changed, draft = await refreshed(person, changes, Editor())
    assert changed.memories[1].content == "I kept the board."
    assert "memory:m02" not in draft.refreshed


async def test_a_text_that_still_says_it_is_asked_for_again_and_then_stays_stale() -> None:
    person, changes = after(with_facts(), pilot)
    stubborn = Editor(rewrite_passage="The tram dispatcher sat there still.")
    changed, draft = await refreshed(person, changes, stubborn)
    asked = [one for one in stubborn.requests if one.prompt_name == "rewrite_passage"]
    assert len(asked) == 2
    assert 'still says "tram dispatcher"' in readable(asked[1])
    assert changed.story == person.story
    assert "passage:depot" not in draft.refreshed
    assert "still says" in draft.details["failures"]["passage:depot"]


async def test_a_heading_is_no_passage() -> None:
    person, changes = after(with_facts(), pilot)
    changed, _ = await refreshed(person, changes, Editor(rewrite_passage="## e02 | | | x\n\nText"))
    assert changed.story == person.story


async def test_a_fatal_failure_is_raised() -> None:
    person, changes = after(with_facts(), pilot)

    def dead(request: Request) -> str:
        raise FatalModelError("the key is wrong")

    with pytest.raises(FatalModelError):
        await refresh(person, stale(person, changes), changes, author(ScriptedModel(dead)))


async def test_done_again_it_buys_nothing() -> None:
    person, changes = after(with_facts(), pilot)
    ledger, editor = FakeLedger(), Editor()
    found = stale(person, changes)
    first = await refresh(person, found, changes, author(ScriptedModel(editor), ledger))
    bought = len(editor.requests)
    again = await refresh(person, found, changes, author(ScriptedModel(editor), ledger))
    assert again == first
    assert len(editor.requests) == bought


async def test_forgotten_words_must_be_gone() -> None:
    person = with_facts().model_copy(update={"biography": "She went with Judit to the fair."})
    person, changes = after(person, lambda one: forget(one, "wedding"))
    editor = Editor(rewrite_biography="Judit is gone.")
    changed, draft = await refreshed(person, changes, editor)
    assert changed.biography == person.biography
    assert "biography:" in draft.details["failures"]


async def test_prompts_as_rendered(snapshots: Snapshots) -> None:
    person = with_facts().model_copy(update={"biography": "A tram dispatcher from Szeged."})
    person, changes = after(person, pilot, lambda one: add_experience(one, "2003-05: I swam.", "A"))
    editor = Editor()
    await refreshed(person, changes, editor)
    shown = {one.prompt_name: one for one in editor.requests}
    assert set(shown) <= {path.stem for path in PROMPTS.glob("*.md")}
    for name in ("rewrite_passage", "rewrite_biography", "tell_experience"):
        snapshots.check(f"personas_{name}", readable(shown[name]))
