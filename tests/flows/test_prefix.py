"""A long interview on a hosted model: prompts begin alike, and no call is made needlessly."""

from collections import Counter
from pathlib import Path

import pytest
from aiohttp import web

from evaluation.instruments import find_instrument
from personas.library import library
from simulacra.domain.run import PersonaRef, RunStatus
from simulacra.settings import Settings
from simulacra.survey.formats import read_instrument
from simulacra.workspace import Workspace
from tests.support.openai_server import OpenAIServer


class Witness(OpenAIServer):
    """Keeps how many requests had begun and ended when each one began."""

    moments: list[tuple[int, int]]
    ended: int = 0

    async def _chat(self, request: web.BaseRequest) -> web.StreamResponse:
        self.moments.append((len(self.moments), self.ended))
        try:
            return await super()._chat(request)
        finally:
            self.ended += 1


async def test_a_long_interview_shares_its_beginning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    instrument, _ = read_instrument(find_instrument("mini_ipip"))
    items = len(instrument.items)
    assert items == 20
    server = Witness(latency=0.05)
    server.moments = []
    async with server:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-any")
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        with Workspace.open(tmp_path, settings=Settings(detail="full")) as workspace:
            persona = workspace.personas.save(library()[0])
            ref = PersonaRef(id=persona.id, version=persona.version)
            run_id = workspace.plan(instrument, [ref], method="cognitive", model="openai:m")
            summary = await workspace.run(run_id)
            assert workspace.runs.spec(run_id).settings["detail"] == "full"
            cells = [cell for _, cell in workspace.runs.records(run_id)]
            await workspace.aclose()

    assert (summary.status, summary.done, summary.missing) == (RunStatus.DONE, items, 0)
    agents = Counter({"emotion": 1, "planning": 1, "top": 1})
    for cell in cells:
        [reply] = cell.replies
        assert Counter(call.request.agent for call in reply.calls) == agents
    assert server.count == 3 * items
    assert server.cached_share >= 0.75

    # Of each three calls the first two begin before either has ended, the third after both.
    expected = [(3 * n + k, 3 * n + (2 if k == 2 else 0)) for n in range(items) for k in range(3)]
    assert server.moments == expected
    assert server.most_in_flight == 2
    last = [one.body["messages"] for one in server.requests[2::3]]
    sent = {call.request.agent: call.request for call in cells[0].replies[0].calls}
    assert [m["content"] for m in last[0]] == [m.text for m in sent["top"].messages]


async def test_a_fused_answer_is_one_structured_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    instrument, _ = read_instrument(find_instrument("mini_ipip"))
    async with OpenAIServer() as server:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-any")
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        with Workspace.open(tmp_path, settings=Settings()) as workspace:
            persona = workspace.personas.save(library()[0])
            ref = PersonaRef(id=persona.id, version=persona.version)
            run_id = workspace.plan(instrument, [ref], mode="fused", model="openai:m")
            summary = await workspace.run(run_id)
            cells = [cell for _, cell in workspace.runs.records(run_id)]
            await workspace.aclose()
    assert (summary.done, summary.missing) == (20, 0)
    assert server.count == summary.calls == 20
    assert server.cached_share >= 0.5
    for cell, seen in zip(cells, server.requests, strict=True):
        schema = seen.body["response_format"]["json_schema"]["schema"]
        assert list(schema["properties"]) == ["emotion", "plan", "answer"]
        assert schema["properties"]["answer"]["enum"] == list(cell.question.order)
        assert cell.reply is not None
        assert cell.reply.emotion is not None and cell.reply.plan is not None
