from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from pydantic import SecretStr

from personas.formats.packs import read_pack
from simulacra.cognition.respondent import Exchange, Respondent
from simulacra.domain.call import Call
from simulacra.domain.learning import Source
from simulacra.domain.survey import Kind
from simulacra.errors import BadReply, ConnectionLost, FatalModelError, InputError, UnknownName
from simulacra.llm.embedding_calls import embedding_calls
from simulacra.llm.openai_embeddings import OpenAICompatibleEmbedder
from simulacra.llm.registry import open_embedder
from simulacra.memory.exact import ExactIndex
from simulacra.memory.recall import Recaller
from simulacra.runs.learning import Learner
from simulacra.settings import ModelSettings, Price, Settings
from simulacra.storage.database import open_database
from simulacra.storage.learned import LearnedRepository
from simulacra.workspace import Workspace
from tests.support.minds import FakeModel, question
from tests.support.openai_server import OpenAIServer, serve_in_thread

KEY = "sk-very-secret"
PACK = Path(__file__).parents[1] / "data" / "packs" / "tove-lind"


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with serve_in_thread(keys={KEY}, models={"words-1"}) as running:
        yield running


def embedder(server: OpenAIServer, key: str = KEY, attempts: int = 1) -> OpenAICompatibleEmbedder:
    return OpenAICompatibleEmbedder(
        "words-1", base_url=server.url, api_key=SecretStr(key), timeout=5, max_attempts=attempts
    )


def test_unit_vectors_in_the_order_of_the_texts(server: OpenAIServer) -> None:
    rows = embedder(server).embed(["a red boat", "", "the red boat sank", "a red boat"])
    assert rows.dtype == np.float32 and rows.shape == (4, 16)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-6)
    assert np.array_equal(rows[0], rows[3]) and rows[0] @ rows[2] > 0.5 > rows[0] @ rows[1]


def test_many_texts_go_in_a_few_requests(server: OpenAIServer) -> None:
    one = embedder(server)
    rows = one.embed([f"text number {n}" for n in range(600)])
    assert rows.shape == (600, 16)
    assert [len(seen.body["input"]) for seen in server.requests] == [256, 256, 88]
    assert one.embed([]).shape == (0, 16) and one.size == 16 and server.count == 3


def test_a_size_is_asked_for_where_it_is_unknown(server: OpenAIServer) -> None:
    assert embedder(server).size == 16


def test_what_a_retry_mends_is_sent_again(server: OpenAIServer) -> None:
    server.misbehave("failed", retry_after=0)
    assert embedder(server, attempts=2).embed(["boat"]).shape == (1, 16)
    assert server.count == 2


def test_a_wrong_key_is_refused_and_never_shown(server: OpenAIServer) -> None:
    with pytest.raises(FatalModelError) as caught:
        embedder(server, key="sk-wrong-and-secret", attempts=3).embed(["boat"])
    assert "sk-wrong" not in str(caught.value) and server.count == 1
    assert KEY not in repr(embedder(server))


@pytest.mark.parametrize("kind", ["malformed", "not_json", "truncated"])
def test_a_reply_without_vectors_is_an_error(server: OpenAIServer, kind: str) -> None:
    server.misbehave(kind)
    with pytest.raises(BadReply):
        embedder(server).embed(["boat"])


def test_nobody_at_home() -> None:
    with serve_in_thread() as gone:
        url = gone.url
    with pytest.raises(ConnectionLost):
        OpenAICompatibleEmbedder("m", base_url=url, timeout=2, max_attempts=1).embed(["boat"])


def test_threads_share_a_client(server: OpenAIServer) -> None:
    one = embedder(server)
    with ThreadPoolExecutor(4) as pool:
        rows = list(pool.map(lambda _: one.embed(["a boat"])[0], range(8)))
    assert all(np.array_equal(row, rows[0]) for row in rows)


def test_specs_of_embedders(server: OpenAIServer) -> None:
    settings = ModelSettings(openai_base_url=server.url)
    assert open_embedder("openai:words-1", settings).name == "openai:words-1"
    for spec in ("openai:", "wordllama2", "hash:3"):
        with pytest.raises(UnknownName, match="embedder"):
            open_embedder(spec, settings)
    with pytest.raises(InputError, match="OPENAI_API_KEY"):
        open_embedder("openai:words-1", ModelSettings())


async def test_a_workspace_recalls_with_the_embedder_it_is_set_to(
    server: OpenAIServer, tmp_path: Path
) -> None:
    tove = read_pack(PACK)
    offline = Workspace.open(tmp_path)
    offline.recaller.recall(tove, "spoon")
    await offline.aclose()
    settings = Settings(embedder="openai:words-1").model_copy(
        update={"openai_base_url": server.url, "openai_api_key": SecretStr(KEY)}
    )
    hosted = Workspace.open(tmp_path, settings=settings)
    found = hosted.recaller.recall(tove, "Who sent you a spoon?")
    assert found[0].why["dense"] > 0
    assert [len(seen.body["input"]) for seen in server.requests] == [3, 1]
    await hosted.aclose()
    again = Workspace.open(tmp_path, settings=settings)
    assert again.recaller.recall(tove, "Who sent you a spoon?") == found
    assert server.count == 3
    await again.aclose()


async def test_what_embedding_took_is_counted_and_costed(
    server: OpenAIServer, tmp_path: Path
) -> None:
    settings = Settings(embedder="openai:words-1").model_copy(
        update={
            "openai_base_url": server.url,
            "openai_api_key": SecretStr(KEY),
            "prices": {"words-1": Price(input=1e6)},
        }
    )
    workspace = Workspace.open(tmp_path, settings=settings)
    tove = read_pack(PACK)
    mind = workspace.respondent(tove, "retrieval", FakeModel())
    counts = []
    for _ in range(2):
        reply = await mind.ask(question(Kind.SHORT_TEXT), mind.opening(), seed=1, temperature=0)
        calls = [call for call in reply.calls if call.request.agent == "embedding"]
        sent = server.requests[sum(counts) :]
        words = [sum(len(text.split()) for text in seen.body["input"]) for seen in sent]
        assert [call.usage.tokens_in for call in calls] == words
        assert [call.cost for call in calls] == [float(one) for one in words]
        assert {call.model for call in calls} == {"words-1"}
        counts.append(len(calls))
    assert counts == [2, 1]
    await workspace.aclose()


async def test_what_embedding_took_in_learning_is_kept(
    server: OpenAIServer, tmp_path: Path
) -> None:
    store = LearnedRepository(open_database(f"sqlite:///{tmp_path / 'x.db'}"))
    tove = read_pack(PACK)
    model = FakeModel({"consolidation": '{"memories": []}'})
    mind = Respondent(tove, "cognitive", model, Recaller(ExactIndex(), embedder(server)))
    learner = Learner(mind.context, store, Recaller(ExactIndex(), embedder(server)))
    said = (Exchange(item_id="chat", question="I am Zoe.", answer="Good day."),)
    source = Source(kind="conversation", id="c1")
    await learner.learn(source, said, when=date(2026, 3, 1))
    kept = [call.request.agent for call in store.calls("tove-lind", "c1")]
    assert sorted(kept) == ["embedding", "embedding", "memory"]


async def test_what_failed_in_the_end_had_been_paid_for(server: OpenAIServer) -> None:
    server.misbehave("malformed")
    calls: list[Call] = []
    with pytest.raises(BadReply), embedding_calls(calls):
        embedder(server).embed(["boat"])
    assert len(calls) == 1
