import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personas.authoring.background import Background
from personas.authoring.facts import edited_facts, facts_text, placed, quoted, read_facts
from personas.authoring.manuscript import Chapter, Manuscript
from simulacra.domain.call import Request
from simulacra.domain.persona import Persona
from simulacra.errors import InputError
from simulacra.llm.scripted import ScriptedModel
from tests.support.authoring import FakeLedger, author
from tests.support.people import ilka

ILKA = Background(name="Ilka")
STORY = Manuscript(
    chapters=(
        Chapter(id="e01", when="1981", age=9, title="A", paragraphs=("She ran.", "It rained.")),
        Chapter(id="e02", when="1990", age=18, title="B", paragraphs=("She owned a\u00a0radio.",)),
    )
)


def fact(object_: str, quote: str) -> dict[str, str]:
    return {"subject": "Ilka", "relation": "does", "object": object_, "quote": quote}


def reader(*replies: list[dict[str, str]] | str) -> tuple[ScriptedModel, list[Request]]:
    requests: list[Request] = []
    left = list(replies)

    def reply(request: Request) -> str:
        requests.append(request)
        one = left.pop(0)
        return one if isinstance(one, str) else json.dumps({"facts": one})

    return ScriptedModel(reply), requests


async def test_facts_point_at_the_words_they_rest_on() -> None:
    model, requests = reader([fact("running", "She ran.")], [fact("radio", "owned a radio")])
    found = await read_facts(author(model), ILKA, STORY.chapters)
    facts, findings = placed(STORY, found)
    text, _ = STORY.story()
    said = [text[one.span.start : one.span.end] for one in facts]
    assert said == ["She ran.", "owned a\u00a0radio"]
    assert [one.episode for one in facts] == ["e01", "e02"]
    assert findings == ()
    assert len(requests) == 2


async def test_a_quote_that_is_not_there_is_asked_again_then_dropped_and_reported() -> None:
    model, requests = reader(
        [fact("running", "She ran."), fact("rain", "it poured"), fact("sun", "the sun shone")],
        [fact("rain", "It rained.")],
    )
    found = await read_facts(author(model), ILKA, STORY.chapters[:1])
    facts, findings = placed(STORY, found)
    assert [one.object for one in facts] == ["running", "rain"]
    (finding,) = findings
    assert (finding.kind, finding.episode) == ("quote-not-found", "e01")
    assert "'the sun shone'" in finding.message
    assert "- it poured" in requests[1].messages[-1].text


async def test_an_unreadable_chapter_is_a_finding_not_a_failure() -> None:
    model, requests = reader("no", "never")
    found = await read_facts(author(model), ILKA, STORY.chapters[:1])
    assert [one.kind for one in found["e01"].findings] == ["facts-unread"]
    assert len(requests) == 2


async def test_equal_facts_of_a_chapter_count_once_and_a_chapter_is_read_once() -> None:
    model, requests = reader([fact("running", "She ran."), fact("running", "She")])
    ledger = FakeLedger()
    for _ in range(2):
        found = await read_facts(author(model, ledger), ILKA, STORY.chapters[:1])
    assert len(found["e01"].facts) == 1
    assert len(requests) == 1


def test_edited_facts_are_found_again_by_their_quotes() -> None:
    text, episodes = STORY.story()
    bare = {**ilka().model_dump(), "story": text, "episodes": episodes, "memories": ()}
    person = Persona.model_validate(
        {**bare, "facts": [{"subject": "Ilka", "relation": "does", "object": "runs",
                            "episode": "e01", "span": {"start": 0, "end": 8}}]}
    )  # fmt: skip
    assert edited_facts(facts_text(person), person) == person.facts
    moved = facts_text(person).replace("She ran.", "It rained.").replace("runs", "rain")
    (changed,) = edited_facts(moved, person)
    assert person.text_of(changed.span) == "It rained."
    with pytest.raises(InputError, match="fact 1: its quote does not stand in episode e01"):
        edited_facts(facts_text(person).replace("She ran.", "He ran."), person)
    with pytest.raises(InputError, match="no list of facts"):
        edited_facts("- {a: 1}", person)
    assert edited_facts("", person) == ()


@given(st.lists(st.text("ab(.*", min_size=1, max_size=4), min_size=1, max_size=12), st.data())
def test_a_quote_of_a_text_is_found_whatever_its_white_space(
    words: list[str], data: st.DataObject
) -> None:
    text = "".join(word + data.draw(st.sampled_from([" ", "\n\n", "\u00a0"])) for word in words)
    start = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(start + 1, len(words)))
    span = quoted("  ".join(words[start:end]), text)
    assert span is not None
    assert text[span.start : span.end].split() == words[start:end]
    assert quoted("zz", text) is None
