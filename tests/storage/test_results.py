"""Answers are counted and searched in the database."""

from collections.abc import Sequence

import pytest

from simulacra.domain.answer import Answer, Missing, MissingCode, Response
from simulacra.domain.run import PersonaRef
from simulacra.errors import UnknownName
from simulacra.runs.plan import plan
from simulacra.storage.database import Database
from simulacra.storage.personas import PersonaRepository
from simulacra.storage.results import Count, Respondent, ResultRepository
from simulacra.storage.runs import RunRepository
from tests.support.databases import Clock
from tests.support.studies import TECHNICAL, cell, person, spec

YES, NO = Answer(codes=("1",)), Answer(codes=("2",))
REFUSED = Missing(code=MissingCode.REFUSED)


@pytest.fixture
def results(database: Database) -> ResultRepository:
    return ResultRepository(database)


def stored(runs: RunRepository, *attempts: Sequence[Response]) -> str:
    """A run of one item: the responses of each person, of each the attempts in order."""
    planned = spec(len(attempts), 1)
    interviews = plan(planned)
    run_id = runs.create(planned, interviews)
    for interview, responses in zip(interviews, attempts, strict=True):
        for number, response in enumerate(responses, start=1):
            runs.append(run_id, [cell(interview, attempt=number, response=response)])
    return run_id


def test_responses_are_counted_and_only_the_last_attempt_counts(
    runs: RunRepository, results: ResultRepository
) -> None:
    run_id = stored(runs, [YES], [YES], [TECHNICAL, NO], [REFUSED], [TECHNICAL])
    counts = [(one.response, one.number) for one in results.counts(run_id, ["q1"])]
    assert len(counts) == 4
    for told in ((YES, 2), (NO, 1), (REFUSED, 1), (TECHNICAL, 1)):
        assert told in counts
    assert results.counts(run_id, ["q2"]) == []
    assert [one.response for one in results.responses(run_id, "q1")] == [
        YES, YES, NO, REFUSED, TECHNICAL
    ]  # fmt: skip
    other = stored(runs, [NO])
    assert results.counts(other, ["q1"]) == [Count("q1", "", NO, 1)]


@pytest.mark.parametrize("word", ["TAR", "smell", 'of "tar"', "100%", "naïve"])
def test_texts_are_found_by_their_words_and_nothing_else(
    runs: RunRepository, results: ResultRepository, word: str
) -> None:
    said = Answer(text='The smell of "tar", 100% naïve.')
    run_id = stored(runs, [said], [Answer(text="The first storm.")], [REFUSED], [YES])
    assert [one.response for one in results.responses(run_id, "q1", containing=word)] == [said]
    assert results.number(run_id, "q1", containing=word) == 1
    for nothing in ("text", "codes", "_", "refused"):
        assert results.number(run_id, "q1", containing=nothing) == 0


def test_responses_come_in_pages(runs: RunRepository, results: ResultRepository) -> None:
    run_id = stored(runs, *[[YES if at % 2 else NO] for at in range(7)])
    pages = [results.responses(run_id, "q1", most=3, start=at) for at in (0, 3, 6, 9)]
    assert [len(page) for page in pages] == [3, 3, 1, 0]
    assert [one for page in pages for one in page] == results.responses(run_id, "q1")
    assert results.number(run_id, "q1") == 7


def test_the_newest_answers_come_first(
    runs: RunRepository, results: ResultRepository, clock: Clock
) -> None:
    planned = spec(3, 1)
    interviews = plan(planned)
    run_id = runs.create(planned, interviews)
    for interview, response in zip(interviews, (YES, NO, REFUSED), strict=True):
        clock.now += 1
        runs.append(run_id, [cell(interview, response=response)])
    found = results.newest(run_id, 2)
    assert [(one.persona_id, one.response) for one in found] == [("p002", REFUSED), ("p001", NO)]


def test_people_come_with_what_groups_are_made_of(
    runs: RunRepository, results: ResultRepository, database: Database
) -> None:
    ada = person("Ada Byron", weight=2.5)
    saved = PersonaRepository(database).save(ada)
    planned = spec(1, 1, personas=(PersonaRef(id=saved.id, version=saved.version),), replicates=2)
    run_id = runs.create(planned, plan(planned))
    assert results.people(run_id) == {
        PersonaRef(id=saved.id, version=1): Respondent("Ada Byron", "female", 36, 2.5)
    }


def test_an_unknown_run_is_said(results: ResultRepository) -> None:
    for ask in (
        lambda: results.counts("nothing", ["q1"]),
        lambda: results.responses("nothing", "q1"),
        lambda: results.number("nothing", "q1"),
        lambda: results.newest("nothing", 3),
        lambda: results.people("nothing"),
    ):
        with pytest.raises(UnknownName, match="no run 'nothing'"):
            ask()
