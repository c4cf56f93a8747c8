import re
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulacra.domain.answer import Answer, Missing, MissingCode
from simulacra.domain.run import Abandoned, Cell, Interview
from simulacra.errors import StorageError, UnknownName
from simulacra.runs.plan import plan
from simulacra.storage.database import Database
from simulacra.storage.documents import to_rows
from simulacra.storage.runs import RunRepository
from tests.support.databases import Clock
from tests.support.studies import TECHNICAL, call, cell, reply, spec, timeless


def started(runs: RunRepository, people: int = 2, items: int = 3) -> tuple[str, list[Interview]]:
    planned = spec(people, items)
    interviews = plan(planned)
    return runs.create(planned, interviews), interviews


def records(runs: RunRepository, run_id: str) -> list[tuple[Interview, Cell]]:
    return [(interview, timeless(one)) for interview, one in runs.records(run_id)]


def spent(runs: RunRepository, run_id: str) -> tuple[int, int, float]:
    found = runs.spent(run_id)
    return found.calls, found.tokens, found.cost


def test_a_plan_comes_back_as_it_was(runs: RunRepository) -> None:
    planned = spec(2, 3, settings={"prompts": {"z": 1, "a": "h"}}, max_cost=1.5, replicates=2)
    run_id = runs.create(planned, plan(planned))
    assert runs.spec(run_id) == planned
    assert runs.interviews(run_id) == plan(planned)
    assert re.fullmatch(r"\d{8}-[0-9a-z]{6}", run_id)


def test_ids_sort_by_time_and_lists_begin_with_the_newest(
    runs: RunRepository, clock: Clock
) -> None:
    ids = []
    for _ in range(3):
        ids.append(started(runs)[0])
        clock.now += 4000
    assert ids == sorted(ids)
    assert [one.id for one in runs.list()] == ids[::-1]


def test_an_unknown_run_is_said(runs: RunRepository) -> None:
    asks = (runs.spec, runs.summary, runs.interviews, runs.spent, runs.failures, runs.abandoned)
    for ask in (*asks, runs.workers.join, runs.workers.at_work):
        with pytest.raises(UnknownName, match="no run 'nothing'"):
            ask("nothing")
    with pytest.raises(UnknownName):
        list(runs.records("nothing"))


def test_cells_come_back_as_they_were(runs: RunRepository) -> None:
    run_id, (first, second) = started(runs)
    cells = [
        cell(second, 0, replies=[reply(calls=[call("emotion"), call("planning"), call()])]),
        cell(first, 1, replies=[reply("?", calls=[call()]), reply("1", calls=[call(seed=8)])]),
        cell(first, 0, response=Missing(code=MissingCode.NOT_ASKED)),
        cell(first, 2, replies=[reply()], response=Answer(text="so\x00 «be» it", number=0.1)),
    ]
    runs.append(run_id, cells)
    assert records(runs, run_id) == [
        (first, cells[2]),
        (first, cells[1]),
        (first, cells[3]),
        (second, cells[0]),
    ]
    output = cells[0].replies[0].calls[0].request.output
    stored = next(cell for _, cell in runs.records(run_id) if cell.replies)
    assert stored.replies[0].calls[0].request.output == output
    assert output is not None
    assert list(output.definition) == ["z", "a"]


def test_counters_follow_the_cells(runs: RunRepository) -> None:
    run_id, (first, second) = started(runs)
    runs.append(run_id, [cell(first, 0, replies=[reply(calls=[call(), call()])])])
    runs.append(
        run_id,
        [
            cell(first, 1, response=TECHNICAL, replies=[reply(calls=[call()])]),
            cell(second, 0, response=Missing(code=MissingCode.REFUSED)),
        ],
    )
    summary = runs.summary(run_id)
    assert (summary.cells, summary.done, summary.missing, summary.failed) == (6, 3, 2, 1)
    assert (summary.calls, summary.tokens) == (6, 315)
    assert summary.cost == pytest.approx(0.003)
    runs.append(run_id, [cell(first, 1, attempt=2)])
    summary = runs.summary(run_id)
    assert (summary.done, summary.missing, summary.failed, summary.calls) == (3, 1, 0, 6)
    assert spent(runs, run_id) == (6, 315, pytest.approx(0.003))
    assert runs.list() == [summary]


def test_appending_again_changes_nothing(runs: RunRepository) -> None:
    run_id, (first, second) = started(runs)
    one = cell(first, 0, replies=[reply(calls=[call()])])
    runs.append(run_id, [one])
    runs.append(run_id, [one, cell(second, 0)])
    runs.append(run_id, [one])
    assert [found for _, found in records(runs, run_id)] == [one, cell(second, 0)]
    assert runs.summary(run_id).done == 2
    assert runs.summary(run_id).calls == 2


def test_a_batch_is_stored_whole_or_not_at_all(runs: RunRepository) -> None:
    run_id, (first, _) = started(runs)
    stranger = Interview(id="x", persona=first.persona, seed=0, position=9)
    with pytest.raises(StorageError):
        runs.append(run_id, [cell(first, 0), cell(stranger, 0)])
    assert list(runs.records(run_id)) == []
    assert runs.summary(run_id).done == 0


def test_texts_are_stored_once(runs: RunRepository, database: Database) -> None:
    run_id, (first, second) = started(runs)
    fresh = RunRepository(database)
    for repository, interview in ((runs, first), (runs, second), (fresh, first)):
        position = 1 if repository is fresh else 0
        repository.append(run_id, [cell(interview, position, replies=[reply(calls=[call()])])])
    from sqlalchemy import text

    with database.read() as connection:
        stored = connection.execute(text("SELECT document FROM texts")).scalars().all()
    assert len(stored) == len(set(stored))
    assert sum("Which one?" in document for document in stored) == 1


def test_what_has_no_answer_is_told_with_its_reason(runs: RunRepository) -> None:
    run_id, (first, second) = started(runs)
    broken = Missing(code=MissingCode.TECHNICAL, detail="BadReply: cut off")
    refused = Missing(code=MissingCode.REFUSED)
    runs.append(run_id, [cell(second, 2, response=TECHNICAL), cell(first, 0, response=TECHNICAL)])
    runs.append(run_id, [cell(first, 0, attempt=2, response=broken), cell(second, 0)])
    runs.append(run_id, [cell(second, 1, response=TECHNICAL), cell(first, 1, response=refused)])
    runs.append(run_id, [cell(second, 1, attempt=2), cell(first, 2, response=refused)])
    found = runs.failures(run_id)
    assert found.missing == {MissingCode.REFUSED: 2, MissingCode.TECHNICAL: 2}
    assert found.reasons == {broken.detail: 1, TECHNICAL.detail: 1}
    assert [(one.interview_id, one.item_id, one.attempts, one.reason) for one in found.cells] == [
        (first.id, "q1", 2, broken.detail),
        (second.id, "q3", 1, TECHNICAL.detail),
    ]
    assert [one.persona_id for one in found.cells] == ["p000", "p001"]
    assert len(runs.failures(run_id, most=1).cells) == 1


def test_finished_cells_are_the_latest_attempts(runs: RunRepository) -> None:
    run_id, (first, second) = started(runs)
    again = cell(first, 0, attempt=2, replies=[reply(calls=[call()])])
    runs.append(run_id, [cell(first, 1), cell(first, 0, response=TECHNICAL), cell(second, 0)])
    runs.append(run_id, [again])
    finished = [timeless(one) for one in runs.finished(run_id, first.id)]
    assert finished == [again, cell(first, 1)]
    assert [found.attempt for _, found in runs.records(run_id)] == [1, 2, 1, 1]


def test_records_come_in_order_over_many_portions(
    runs: RunRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulacra.storage.runs._CELLS_AT_ONCE", 4)
    monkeypatch.setattr("simulacra.storage.cells._CACHED_TEXTS", 2)
    run_id, interviews = started(runs, people=12, items=2)
    cells = [
        cell(one, position, replies=[reply(calls=[call(words=f"{one.id} {position}")])])
        for position in (1, 0)
        for one in reversed(interviews)
    ]
    runs.append(run_id, cells)
    found = list(runs.records(run_id))
    places = [(interview.position, one.position) for interview, one in found]
    assert places == [(person, item) for person in range(12) for item in range(2)]
    assert {one.interview_id for _, one in found} == {one.id for one in interviews}
    for interview, one in found:
        words = one.replies[0].calls[0].request.messages[1].text
        assert words == f"{interview.id} {one.position}"


def test_seconds_are_summed_by_stage(runs: RunRepository) -> None:
    run_id, (first, _) = started(runs)
    recalled = reply(calls=[call("top"), call("emotion")]).model_copy(
        update={"recall_seconds": 0.125}
    )
    runs.append(run_id, [cell(first, 0, replies=[recalled])])
    assert runs.seconds_by_stage(run_id) == {"emotion": 0.25, "memory": 0.125, "top": 0.25}
    runs.append(run_id, [cell(first, 1, replies=[reply(calls=[call("top")])])])
    runs.append(run_id, [cell(first, 2, replies=[recalled, reply(calls=[call("top")])])])
    assert runs.seconds_by_stage(run_id) == {"emotion": 0.5, "memory": 0.25, "top": 1.0}


def test_the_time_of_an_answer_is_kept(runs: RunRepository, clock: Clock) -> None:
    run_id, (first, _) = started(runs)
    runs.append(run_id, [cell(first, 0)])
    clock.now += 90.5
    runs.append(run_id, [cell(first, 1)])
    times = [one.answered_at for _, one in runs.records(run_id)]
    assert times == [datetime.fromtimestamp(clock.now - back, UTC) for back in (90.5, 0.0)]


def test_calls_of_an_asking_that_failed_are_kept_and_counted(runs: RunRepository) -> None:
    run_id, (first, _) = started(runs)
    failed = cell(
        first,
        0,
        response=TECHNICAL,
        replies=[reply(calls=[call("emotion"), call()])],
        unanswered=[call("planning"), call(words="Again?")],
    )
    silent = cell(first, 1, response=TECHNICAL, unanswered=[call("emotion")])
    runs.append(run_id, [failed, silent])
    assert [found for _, found in records(runs, run_id)] == [failed, silent]
    assert [len(one.calls) for one in runs.finished(run_id, first.id)] == [4, 1]
    assert spent(runs, run_id) == (10, 525, pytest.approx(0.005))


def test_calls_of_a_cell_given_up_are_kept_and_counted(runs: RunRepository) -> None:
    run_id, (first, second) = started(runs)
    given_up = [
        Abandoned(interview_id=first.id, item_id="q2", position=1, calls=(call("emotion"),)),
        Abandoned(interview_id=second.id, item_id="q1", position=0, calls=(call(), call(seed=9))),
    ]
    runs.append(run_id, [given_up[0], cell(first, 0)])
    runs.append(run_id, given_up[1:])
    found = runs.abandoned(run_id)
    assert [one.item_id for one in found] == ["q2", "q1", "q1"]
    assert [call for one in found for call in one.calls] == [
        call for one in given_up for call in one.calls
    ]
    assert spent(runs, run_id) == (6, 315, pytest.approx(0.003))
    assert runs.summary(run_id).done == 1
    assert [one.item_id for one in runs.abandoned(run_id, second.id)] == ["q1", "q1"]
    assert runs.given_up(run_id) == 3


def test_what_was_kept_from_before_costs_nothing(runs: RunRepository) -> None:
    run_id, (first, _) = started(runs)
    kept = call().model_copy(update={"attempts": 0})
    runs.append(run_id, [cell(first, 0, replies=[reply(calls=[call(), kept])])])
    assert spent(runs, run_id) == (2, 105, pytest.approx(0.001))


def test_two_repositories_share_texts(database: Database) -> None:
    one, other = RunRepository(database), RunRepository(database)
    run_id, (first, second) = started(one)
    one.append(run_id, [cell(first, 0, replies=[reply(calls=[call()])])])
    other.append(run_id, [cell(second, 0, replies=[reply(calls=[call()])])])
    assert other.summary(run_id).done == 2


def test_a_text_that_is_gone_is_damage(runs: RunRepository, database: Database) -> None:
    from sqlalchemy import text

    run_id, (first, _) = started(runs)
    runs.append(run_id, [cell(first, 0, replies=[reply(calls=[call()])])])
    with database.write() as connection:
        connection.execute(text("DELETE FROM texts"))
    with pytest.raises(StorageError, match="damaged"):
        list(runs.records(run_id))


_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(words=st.lists(_texts, min_size=1, max_size=4), number=st.none() | st.floats(width=64))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_text_survives(runs: RunRepository, words: Sequence[str], number: float | None) -> None:
    run_id, (first, _) = started(runs)
    made: list[Cell] = [
        cell(
            first,
            place,
            replies=[reply(text, calls=[call(words=text)])],
            response=Answer(text=text, number=number),
        )
        for place, text in enumerate(words[:3])
    ]
    runs.append(run_id, made)
    assert repr([found for _, found in records(runs, run_id)]) == repr(made)


def test_a_cell_is_dumped_without_its_prompts() -> None:
    first = plan(spec())[0]
    rows = to_rows("r", [cell(first, 0, replies=[reply(calls=[call(), call()])])])
    assert "You are Ada" not in rows.calls[0]["document"]
    assert sum("You are Ada" in document for document in rows.texts.values()) == 1


def test_items_with_an_answer_that_reads_like_a_code_are_found(runs: RunRepository) -> None:
    run_id, (first, _) = started(runs)
    said = (Answer(number=-97.0), Answer(text="-9 degrees, covid-99"), Answer(codes=("-97",)))
    runs.append(
        run_id,
        [cell(first, at, replies=[reply()], response=one) for at, one in enumerate(said)],
    )
    assert runs.ambiguous(run_id) == {"q1"}
