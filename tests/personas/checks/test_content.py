import json
from pathlib import Path

import pytest

from personas.authoring.author import Author
from personas.checks.content import content_findings, content_prompt, passages
from personas.checks.door import check_persona
from simulacra.domain.call import Request
from simulacra.domain.persona import Persona
from simulacra.llm.scripted import ScriptedModel
from simulacra.workspace import Workspace
from tests.support.authoring import FakeLedger, author
from tests.support.lives import life
from tests.support.openai_server import OpenAIServer
from tests.support.snapshots import Snapshots, readable

STORY = (
    ("2000", None, "Ana fed the goats. Women cannot count, said the story, and never will."),
    ("2001", None, "Ana went to Toledo."),
)


def flag(quote: str, kind: str = "stereotype") -> dict[str, str]:
    return {"kind": kind, "quote": quote, "reason": "It says so of all women."}


def rater(*replies: list[dict[str, str]] | str) -> tuple[ScriptedModel, list[Request]]:
    requests: list[Request] = []

    def reply(request: Request) -> str:
        requests.append(request)
        one = replies[len(requests) - 1]
        return one if isinstance(one, str) else json.dumps({"flags": one})

    return ScriptedModel(reply), requests


@pytest.fixture
def persona() -> Persona:
    return life(*STORY)


async def test_a_flag_is_a_warning_that_points_at_its_words(persona: Persona) -> None:
    model, requests = rater([flag("Women cannot count")], [])
    (found,) = await content_findings(author(model), persona)
    assert (found.kind, found.severity, found.episode) == ("content-stereotype", "warning", "e00")
    assert found.span and persona.text_of(found.span) == "Women cannot count"
    assert len(requests) == len(persona.episodes)


async def test_words_that_are_not_there_point_at_the_episode(persona: Persona) -> None:
    model, _ = rater([], [flag("Women cannot drive", "harmful")])
    (found,) = await content_findings(author(model), persona)
    assert found.kind == "content-harmful"
    assert found.span == persona.episodes[1].span
    assert "Women cannot drive" in found.detail


async def test_an_episode_without_a_usable_reply_is_named(persona: Persona) -> None:
    model, requests = rater("no", [], "no")
    (found,) = await content_findings(author(model), persona)
    assert (found.kind, found.severity) == ("content-unread", "warning")
    assert len(requests) == 3


async def test_each_call_is_bought_once(persona: Persona) -> None:
    model, requests = rater([flag("Women cannot count")], [])
    ledger = FakeLedger()
    first = await content_findings(author(model, ledger), persona)
    assert await content_findings(author(model, ledger), persona) == first
    assert len(requests) == 2
    assert {(one.stage, one.part) for one in ledger.kept} == {
        ("content", "e00"),
        ("content", "e01"),
    }


async def test_a_story_without_episodes_is_one_passage() -> None:
    persona = life(*STORY).model_copy(update={"episodes": ()})
    assert [persona.text_of(one.span) for one in passages(persona)] == [persona.story]
    assert passages(life()) == ()
    model, _ = rater([flag("Women cannot count")])
    (found,) = await content_findings(author(model), persona)
    assert found.episode is None


async def test_no_deterministic_check_asks_what_content_means(persona: Persona) -> None:
    assert not [one for one in check_persona(persona) if one.kind.startswith("content")]


async def test_a_server_rates_by_schema(
    persona: Persona, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with OpenAIServer() as server:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        with Workspace.open(tmp_path / "workspace") as workspace:
            rater = Author.open(workspace, persona.id, model="openai:tiny")
            found = await content_findings(rater, persona)
            bought = workspace.authoring.calls(persona.id, "content")
            await workspace.aclose()
        body = server.requests[0].body
    assert len(bought) == len(server.requests) == 2
    assert all(one.severity == "warning" and one.span for one in found)
    schema = body["response_format"]["json_schema"]["schema"]
    assert list(schema["properties"]) == ["flags"]


def test_the_prompts_as_rendered(persona: Persona, snapshots: Snapshots) -> None:
    for name, brief in (("content", False), ("content_brief", True)):
        prompt = content_prompt(persona, persona.episodes[0], brief=brief)
        request = Request(
            agent="content",
            prompt_name=prompt.name,
            prompt_hash=prompt.hash,
            messages=prompt.messages,
            max_tokens=10,
            temperature=0.0,
        )
        snapshots.check(name, readable(request))
