from pathlib import Path

import pytest

from simulacra.errors import FatalModelError, InputError, WorkFailed
from simulacra.llm.recorded import RecordingModel, ReplayModel
from simulacra.llm.scripted import Rule, ScriptedModel
from tests.support.requests import request_of

ASKED = request_of("You are Ann.", "Hello\u2028there?")


async def test_the_same_study_again_without_the_model(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "record.jsonl"
    recorder = RecordingModel(ScriptedModel([Rule(reply="yes\u2028no")]), file)
    reply = await recorder.complete(ASKED)
    scores = await recorder.score(ASKED, ["a", "b"])
    replay = ReplayModel.from_file(file)
    played = await replay.complete(ASKED.model_copy(update={"agent": "planning"}))
    assert played.text == reply.text and played.call.request.agent == "planning"
    assert played.call.usage == reply.call.usage and played.call.cost == 0
    assert (await replay.score(ASKED, ["a", "b"])).logprobs == scores.logprobs
    assert replay.info.name == "scripted" and replay.info.reproducible
    assert replay.info.spec == f"replay:{file}"


async def test_the_later_reply_counts(tmp_path: Path) -> None:
    file = tmp_path / "r.jsonl"
    for text in ("first", "second"):
        await RecordingModel(ScriptedModel([Rule(reply=text)]), file).complete(ASKED)
    assert (await ReplayModel.from_file(file).complete(ASKED)).text == "second"
    assert file.read_text().count('"recorded"') == 1


async def test_what_was_not_recorded_is_named(tmp_path: Path) -> None:
    file = tmp_path / "r.jsonl"
    await RecordingModel(ScriptedModel([Rule(reply="a")]), file).complete(ASKED)
    replay = ReplayModel.from_file(file)
    with pytest.raises(FatalModelError, match=r"top \(reply\), whose prompt ends with \"Bye"):
        await replay.complete(request_of("You are Ann.", "Bye?"))
    with pytest.raises(FatalModelError, match="no reply"):
        await replay.score(ASKED, ["a"])


async def test_a_broken_record_says_which_line(tmp_path: Path) -> None:
    file = tmp_path / "r.jsonl"
    await RecordingModel(ScriptedModel([Rule(reply="a")]), file).complete(ASKED)
    file.write_text(file.read_text() + '{"key": "x", "ca\n')
    with pytest.raises(InputError, match="line 3"):
        ReplayModel.from_file(file)
    file.write_text("")
    with pytest.raises(InputError, match="line 1"):
        ReplayModel.from_file(file)
    with pytest.raises(InputError, match="cannot read the record"):
        ReplayModel.from_file(tmp_path / "none.jsonl")


async def test_a_record_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    recorder = RecordingModel(ScriptedModel([Rule(reply="a")]), tmp_path / "file" / "r.jsonl")
    with pytest.raises(WorkFailed, match="cannot write the record"):
        await recorder.complete(ASKED)
