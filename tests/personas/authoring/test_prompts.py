"""Every prompt of the writing as the pipeline sends it, kept as text."""

import pytest

from personas.authoring.author import PROMPTS, Step
from personas.authoring.gate import Gate
from personas.authoring.pipeline import Pipeline
from personas.authoring.settings import WriteSettings
from simulacra.domain.call import Request
from simulacra.errors import BadReply
from simulacra.llm.schema_values import value_for
from simulacra.llm.scripted import ScriptedModel
from simulacra.prompting import template_hashes
from tests.support.authoring import FakeLedger, FakeReviews, author
from tests.support.embedders import HashEmbedder
from tests.support.novelist import novelist
from tests.support.people import ilka
from tests.support.snapshots import Snapshots, readable


async def sent(**changes: object) -> dict[str, Request]:
    """The last request of each prompt when a short life is written."""
    found: dict[str, Request] = {}

    def keep(step: Step, call: object, bought: bool) -> None:
        request = call.request  # type: ignore[attr-defined]
        found[request.prompt_name] = request

    settings = WriteSettings.model_validate({"words": 800, **changes})
    gate = Gate(FakeReviews(), "ilka-varga", auto_approve=True, by="test")
    writer = author(novelist(faulty=0.3), FakeLedger(), on_call=keep)
    await Pipeline(writer, settings, gate, HashEmbedder()).write(ilka())
    return found


@pytest.mark.parametrize("name", ["outline", "biography", "episode", "facts"])
async def test_the_prompts_of_the_outline_strategy(snapshots: Snapshots, name: str) -> None:
    snapshots.check(f"writing_{name}", readable((await sent())[name]))


@pytest.mark.parametrize("name", ["expand", "summary"])
async def test_the_prompts_of_the_paper_strategy(snapshots: Snapshots, name: str) -> None:
    snapshots.check(f"writing_{name}", readable((await sent(strategy="paper"))[name]))


async def test_episodes_share_one_prefix_that_is_most_of_the_prompt() -> None:
    ledger = FakeLedger()
    gate = Gate(FakeReviews(), "ilka-varga", auto_approve=True, by="test")
    settings = WriteSettings(words=10_000)
    await Pipeline(author(novelist(), ledger), settings, gate, HashEmbedder()).write(ilka())
    episodes = [
        call.request for call in ledger.calls.values() if call.request.prompt_name == "episode"
    ]
    assert len(episodes) == 20
    assert len({request.messages[0].text for request in episodes}) == 1
    shared = len(episodes[0].messages[0].text)
    assert all(shared > len(request.messages[1].text) for request in episodes)


async def test_the_prompts_for_a_small_model_are_short(snapshots: Snapshots) -> None:
    requests: list[Request] = []
    info = novelist(detail="brief").info

    def reply(request: Request) -> str | dict[str, object]:
        requests.append(request)
        if request.output is None:
            return "She ran. It rained over the river all that day."
        made = value_for(request.output.definition, request.seed or 0)
        assert isinstance(made, dict)
        return made

    gate = Gate(FakeReviews(), "ilka-varga", auto_approve=True, by="test")
    writer = author(ScriptedModel(reply, info=info))
    await Pipeline(writer, WriteSettings(words=400), gate, HashEmbedder()).write(ilka())
    by_name = {request.prompt_name: request for request in requests}
    names = ("outline_brief", "biography_brief", "episode_brief", "facts_brief")
    assert set(names) <= set(by_name)
    for name in names:
        snapshots.check(f"writing_{name}", readable(by_name[name]))
        assert len(readable(by_name[name])) < 1200


def test_every_prompt_file_of_the_writing_is_used() -> None:
    assert {"portrait", "outline", "episode", "episode_longer", "episode_again", "misfit"} <= set(
        template_hashes(PROMPTS)
    )
    assert issubclass(BadReply, Exception)
