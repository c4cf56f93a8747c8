"""Scoring on a workspace: each candidate once, never twice, whatever happens on the way."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from personas.authoring.author import PROMPTS
from personas.selection.ranking import kept_ids
from personas.selection.scoring import PROMPT
from personas.selection.selecting import estimate, planned, select
from simulacra.domain.call import Completion, Request
from simulacra.domain.selection import Score, Verdict
from simulacra.errors import FatalModelError, InputError
from simulacra.llm.scripted import ScriptedModel
from simulacra.prompting import find_template
from simulacra.workspace import Workspace
from tests.support.candidates import candidate, judge, verdict
from tests.support.openai_server import OpenAIServer

SPEC = "scripted:judge"


class Counted:
    """Counts what is bought and how much of it at once; fails at the call of one number."""

    def __init__(self, inner: ScriptedModel, fail_at: int | None = None) -> None:
        self._inner, self.info, self._fail_at = inner, inner.info, fail_at
        self.bought: Counter[str] = Counter()
        self.now = self.most = 0

    async def complete(self, request: Request) -> Completion:
        if self._fail_at is not None and self.bought.total() >= self._fail_at:
            raise FatalModelError("the key is wrong")
        self.now += 1
        self.most = max(self.most, self.now)
        completion = await self._inner.complete(request)
        self.now -= 1
        self.bought[request.key()] += 1
        return completion

    async def aclose(self) -> None:
        """Nothing to give back."""


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.open(tmp_path / "workspace") as opened:
        for number in range(10):
            opened.personas.save(candidate(number))
        yield opened


def use(workspace: Workspace, model: Any) -> Any:
    workspace._models[SPEC] = model
    return model


async def test_every_candidate_is_scored_once_and_the_best_are_kept(workspace: Workspace) -> None:
    model = use(workspace, Counted(judge(p003=verdict(10, 10, "one thing"))))
    heard: list[Score] = []
    spec = planned(workspace, "all", 3, model=SPEC)
    found = await select(workspace, spec, on_score=heard.append)
    assert model.bought.total() == len(model.bought) == 10
    assert Counter(heard) == Counter(found.scores)
    assert kept_ids(found) == ("sample-003", "sample-009", "sample-008")
    third = next(one for one in found.scores if one.persona_id == "sample-003")
    assert third.verdict == Verdict.model_validate(verdict(10, 10, "one thing"))
    assert found == workspace.selections.get(spec.id)


async def test_the_same_selection_again_buys_nothing(workspace: Workspace) -> None:
    model = use(workspace, Counted(judge()))
    spec = planned(workspace, "all", 3, model=SPEC)
    first = await select(workspace, spec)
    assert await select(workspace, spec) == first
    assert model.bought.total() == 10
    wider = await select(workspace, planned(workspace, "all", 5, model=SPEC))
    assert model.bought.total() == 10, "the ledger knows the calls of another selection"
    assert len(kept_ids(wider)) == 5 and wider.id != first.id
    await select(workspace, planned(workspace, "all", 3, model=SPEC, seed=1))
    assert model.bought.total() == 20


async def test_a_failure_on_the_way_loses_nothing(workspace: Workspace) -> None:
    broken = use(workspace, Counted(judge(), fail_at=4))
    spec = planned(workspace, "all", 3, model=SPEC)
    with pytest.raises(FatalModelError, match="key"):
        await select(workspace, spec, concurrency=1)
    kept = workspace.selections.get(spec.id).scores
    assert len(kept) == broken.bought.total() == 4
    whole = use(workspace, Counted(judge()))
    found = await select(workspace, spec)
    assert len(found.scores) == 10 and found.scores[:4] == kept
    assert whole.bought.total() == 6 and not whole.bought & broken.bought


async def test_no_more_at_once_than_said(workspace: Workspace) -> None:
    model = use(workspace, Counted(judge(delay=0.005)))
    await select(workspace, planned(workspace, "all", 3, model=SPEC), concurrency=3)
    assert model.most == 3


async def test_order_and_number_of_workers_change_nothing(workspace: Workspace) -> None:
    use(workspace, judge())
    spec = planned(workspace, "all", 4, model=SPEC)
    found = await select(workspace, spec, concurrency=1)
    shuffled = spec.model_copy(update={"candidates": spec.candidates[::-1]})
    model = use(workspace, Counted(judge()))
    other = await select(workspace, shuffled, concurrency=8)
    assert kept_ids(found) == kept_ids(other)
    assert not model.bought


async def test_an_unusable_reply_is_said_and_not_made_up(workspace: Workspace) -> None:
    model = use(workspace, Counted(judge(p009="I would keep them all!", p002=verdict(0, 5))))
    found = await select(workspace, planned(workspace, "all", 9, model=SPEC))
    unscored = {one.persona_id: one.note for one in found.scores if one.verdict is None}
    assert set(unscored) == {"sample-009", "sample-002"}
    assert "no usable Verdict" in unscored["sample-009"]
    assert "coherence" in unscored["sample-002"]
    assert model.bought.total() == 12, "each was asked once more"
    assert len(kept_ids(found)) == 8


async def test_an_estimate_counts_what_is_left(workspace: Workspace) -> None:
    use(workspace, Counted(judge(), fail_at=4))
    spec = planned(workspace, "all", 3, model=SPEC)
    before = estimate(workspace, spec)
    assert (before.candidates, before.scored, before.calls) == (10, 0, 10)
    assert before.tokens_in > 10 * 200 and before.tokens_out == 5000
    with pytest.raises(FatalModelError):
        await select(workspace, spec, concurrency=1)
    assert (estimate(workspace, spec).scored, estimate(workspace, spec).calls) == (4, 6)


def test_a_spec_holds_what_decides(workspace: Workspace) -> None:
    use(workspace, judge())
    spec = planned(workspace, "sample-001,Person 002", 1, model=SPEC, seed=7, temperature=0.5)
    assert [one.id for one in spec.candidates] == ["sample-001", "sample-002"]
    assert spec.prompt == find_template(PROMPT, PROMPTS).hash
    assert (spec.seed, spec.temperature, spec.model) == (7, 0.5, SPEC)
    with pytest.raises(InputError, match="names 10 candidates, and 11 shall be kept"):
        planned(workspace, "all", 11, model=SPEC)


async def test_a_server_gives_verdicts_by_schema(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with OpenAIServer() as server:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        with Workspace.open(workspace.path) as opened:
            spec = planned(opened, "all", 2, model="openai:tiny")
            found = await select(opened, spec)
            await opened.aclose()
        body = server.requests[0].body
    assert [one.note for one in found.scores] == [""] * 10
    assert len(server.requests) == 10
    schema = body["response_format"]["json_schema"]["schema"]
    assert list(schema["properties"]) == ["contradictions", "coherence", "distinctness"]
    assert schema["properties"]["coherence"] == {"maximum": 10, "minimum": 1, "type": "integer"}
    assert "minLength" not in json.dumps(schema)
