"""Items of a page asked together: which they are, what is stored, what is never bought twice."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from simulacra.behaviour.respondent import SimulatedRespondent
from simulacra.cognition.respondent import Respondent
from simulacra.domain.answer import Answer, Missing, MissingCode
from simulacra.domain.behaviour import Behaviour
from simulacra.domain.flow import Block
from simulacra.domain.run import Abandoned, Cell, RunSpec
from simulacra.domain.survey import Instrument, Item, Kind, Option, Skip
from simulacra.errors import BadReply, BudgetSpent, InputError, ServerFailed
from simulacra.runs.interview import conduct
from simulacra.runs.plan import estimate, plan
from simulacra.survey.pages import requests_of
from tests.support.minds import APPRAISAL, PLANNED, FakeModel, recaller
from tests.support.people import ilka
from tests.support.studies import spec

LABELS = (Option(code="1", label="Low"), Option(code="2", label="High"))


def item(name: str, kind: Kind = Kind.SINGLE, **changes: Any) -> Item:
    options = LABELS if kind.optioned else ()
    return Item(**{"id": name, "kind": kind, "text": f"Text of {name}?", "options": options}
                | changes)  # fmt: skip


def surveyed(*pages: list[Item]) -> Instrument:
    ids = tuple(tuple(one.id for one in page) for page in pages)
    items = tuple(one for page in pages for one in page)
    return Instrument(id="paged", items=items, blocks=(Block(id="b", pages=ids),))


def planned(instrument: Instrument, **changes: Any) -> RunSpec:
    return spec(1, instrument=instrument, page=True, **changes)


def answering(answers: Mapping[str, Any], alone: str = '{"answer": "2"}', **more: Any) -> FakeModel:
    """A model that gives each item of a page its answer, and to an item alone another one."""

    class Pages(FakeModel):
        async def complete(self, request: Any) -> Any:
            whole = await super().complete(request)
            if request.output is None or request.output.name != "page":
                return whole
            names = request.output.definition["properties"]
            text = json.dumps({one: answers[one] for one in names if one in answers})
            call = whole.call.model_copy(update={"reply": text})
            return whole.model_copy(update={"text": text, "call": call})

    return Pages({"top": alone}, **more)


async def outcomes(
    study: RunSpec,
    model: FakeModel,
    finished: Mapping[str, Cell] | None = None,
    method: Any = "profile",
    **more: Any,
) -> list[Cell | Abandoned]:
    who = Respondent(ilka(), method, model, recaller())
    return [
        one
        async for one in conduct(
            study, plan(study)[0], who, temperature=0, finished=finished or {}, **more
        )
    ]


def pages_asked(model: FakeModel) -> list[list[str]]:
    return [
        list(one.output.definition["properties"])
        for one in model.requests
        if one.output is not None and one.output.name == "page"
    ]


TWO_PAGES = surveyed([item("a"), item("b"), item("c", Kind.SHORT_TEXT)], [item("d"), item("e")])
ANSWERS = {"a": "1", "b": "2", "c": "A clock.", "d": "2", "e": "1"}


async def test_a_page_is_one_request_and_each_item_has_its_own_reply() -> None:
    model = answering(ANSWERS)
    cells = [one for one in await outcomes(planned(TWO_PAGES), model) if isinstance(one, Cell)]
    assert pages_asked(model) == [["a", "b", "c"], ["d", "e"]] and len(model.requests) == 2
    assert [cell.item_id for cell in cells] == list("abcde")
    assert [cell.response for cell in cells[:3]] == [
        Answer(codes=("1",)),
        Answer(codes=("2",)),
        Answer(text="A clock."),
    ]
    assert [cell.reply.text for cell in cells if cell.reply][:3] == [
        '{"answer": "1"}',
        '{"answer": "2"}',
        "A clock.",
    ]
    assert [len(cell.calls) for cell in cells] == [1, 0, 0, 1, 0]
    assert [cell.reply.page for cell in cells if cell.reply] == list("aaadd")
    assert len({cell.seed for cell in cells}) == 5
    later = model.requests[1].messages[-1].text
    assert "a: Text of a?" not in later and "You said: Low" in later


async def test_a_battery_shows_its_options_once() -> None:
    model = answering(ANSWERS)
    await outcomes(planned(TWO_PAGES), model)
    text = model.requests[0].messages[-1].text
    assert text.count("1 = Low") == 1 and "a, b: Choose the one option" in text


@pytest.mark.parametrize(
    ("second", "asked"),
    [
        ({"condition": "a = '1'"}, [["b", "c"]]),
        ({"text": "You said ${a}. And now?"}, [["b", "c"]]),
        ({"options": (*LABELS, Option(code="3", label="Like ${a}"))}, [["b", "c"]]),
        ({"options": (LABELS[0], LABELS[1].model_copy(update={"condition": "answered(a)"}))},
         [["b", "c"]]),
        ({"condition": "z = '1'"}, [["a", "c"]]),
        ({"constraint": "b != a"}, [["a", "b", "c"]]),
        ({}, [["a", "b", "c"]]),
    ],
)  # fmt: skip
async def test_what_depends_on_an_answer_waits_for_it(
    second: dict[str, Any], asked: list[list[str]]
) -> None:
    instrument = surveyed([item("a"), item("b", **second), item("c")])
    model = answering({"a": "1", "b": "2", "c": "1"}, alone='{"answer": "1"}')
    cells = await outcomes(planned(instrument), model)
    assert pages_asked(model) == asked
    assert [one.item_id for one in cells] == ["a", "b", "c"]


async def test_a_skip_is_decided_before_what_it_skips_is_asked() -> None:
    first = item("a", skips=(Skip(condition="a = '1'", to="c"),))
    model = answering({"b": "1", "c": "1"}, alone='{"answer": "1"}')
    cells = await outcomes(planned(surveyed([first, item("b"), item("c")])), model)
    assert pages_asked(model) == []
    assert cells[1].response == Missing(code=MissingCode.NOT_ASKED)  # type: ignore[union-attr]


async def test_texts_between_the_items_go_with_what_follows_them() -> None:
    info = item("i", Kind.INFO, text="Now think of work.")
    model = answering({"a": "1", "b": "2"})
    found = await outcomes(planned(surveyed([item("a"), info, item("b")])), model)
    assert pages_asked(model) == [["a", "b"]]
    assert [one.question.lead for one in found if isinstance(one, Cell)] == ["", info.text]


async def test_an_unreadable_item_is_asked_again_alone() -> None:
    model = answering({"a": "1", "b": "9"})
    found = await outcomes(planned(surveyed([item("a"), item("b"), item("c")])), model)
    cells = [one for one in found if isinstance(one, Cell)]
    assert [cell.response for cell in cells] == [Answer(codes=(code,)) for code in "122"]
    assert [len(cell.replies) for cell in cells] == [1, 2, 2]
    assert len(model.requests) == 3 and len(pages_asked(model)) == 1
    assert cells[2].replies[0].fault and cells[2].replies[0].text == ""


async def test_feeling_and_plan_are_those_of_the_page() -> None:
    model = answering(ANSWERS)
    found = await outcomes(planned(TWO_PAGES, method="cognitive"), model, method="cognitive")
    assert [one.agent for one in model.requests].count("emotion") == 2
    assert [one.agent for one in model.requests].count("planning") == 2
    cells = [one for one in found if isinstance(one, Cell)]
    assert all(one.reply and one.reply.emotion and one.reply.plan for one in cells)
    assert estimate(planned(TWO_PAGES, method="cognitive")).calls == len(model.requests)
    assert APPRAISAL["feeling"] and PLANNED["say"]


@pytest.mark.parametrize("stored", [1, 2])
@pytest.mark.parametrize("method", ["profile", "cognitive"])
async def test_after_a_kill_between_its_cells_nothing_is_bought_again(
    stored: int, method: Any
) -> None:
    study = planned(TWO_PAGES, method=method)
    whole = await outcomes(study, answering(ANSWERS), method=method)
    cells = [one for one in whole if isinstance(one, Cell)]
    model = answering({**ANSWERS, "b": "1", "c": "Nothing."})  # a new page would say this
    kept = {cell.item_id: cell for cell in cells[:stored]}
    rest = await outcomes(study, model, kept, method)
    assert pages_asked(model) == [["d", "e"]]
    assert [one.response for one in rest if isinstance(one, Cell)] == [
        cell.response for cell in cells[stored:]
    ]
    new = [one for one in rest if isinstance(one, Cell)]
    assert sum(call.attempts for cell in new for call in cell.calls) == len(model.requests)


async def test_a_page_that_fails_fails_whole_and_is_asked_again_whole() -> None:
    broken = True

    async def before(request: Any) -> None:
        if broken and request.output and request.output.name == "page":
            raise ServerFailed("down")

    study = planned(surveyed([item("a"), item("b")]), method="cognitive")
    model = answering(ANSWERS, before=before)
    found = await outcomes(study, model, method="cognitive")
    cells = [one for one in found if isinstance(one, Cell)]
    assert all(
        isinstance(cell.response, Missing) and cell.response.code is MissingCode.TECHNICAL
        for cell in cells
    )
    assert [len(cell.calls) for cell in cells] == [2, 0]  # feeling and plan are paid for once
    broken, so_far = False, len(model.requests)
    again = await outcomes(study, model, {cell.item_id: cell for cell in cells}, "cognitive")
    assert len(model.requests) == so_far + 1
    assert [cell.attempt for cell in again if isinstance(cell, Cell)] == [2, 2]
    assert [cell.response for cell in again if isinstance(cell, Cell)] == [
        Answer(codes=("1",)),
        Answer(codes=("2",)),
    ]


async def test_what_a_page_that_is_given_up_brought_is_kept() -> None:
    async def before(request: Any) -> None:
        if request.output and request.output.name == "page":
            raise BudgetSpent("spent")

    study = planned(surveyed([item("a"), item("b")]), method="cognitive")
    who = Respondent(ilka(), "cognitive", answering(ANSWERS, before=before), recaller())
    found: list[Any] = []
    with pytest.raises(BudgetSpent):
        async for one in conduct(study, plan(study)[0], who, temperature=0, finished={}):
            found.append(one)
    (given_up,) = found
    assert isinstance(given_up, Abandoned) and len(given_up.calls) == 2
    model = answering(ANSWERS)
    await outcomes(study, model, method="cognitive", given_up={"a": given_up.calls})
    assert [one.agent for one in model.requests] == ["top"]


async def test_a_reply_that_is_no_page_is_asked_item_by_item() -> None:
    class Odd(FakeModel):
        async def complete(self, request: Any) -> Any:
            whole = await super().complete(request)
            page = request.output and request.output.name == "page"
            return whole.model_copy(update={"text": "[1, 2]"}) if page else whole

    study = planned(surveyed([item("a"), item("b")]))
    found = await outcomes(study, Odd({"top": '{"answer": "2"}'}))
    assert [one.response for one in found if isinstance(one, Cell)] == [Answer(codes=("2",))] * 2


async def test_simulated_respondents_answer_as_they_do_one_by_one() -> None:
    instrument = surveyed([item(f"q{n}") for n in range(6)])
    answers = []
    for page in (True, False):
        study = planned(instrument).model_copy(update={"page": page})
        who = SimulatedRespondent(ilka(), instrument, Behaviour())
        cells = [
            one async for one in conduct(study, plan(study)[0], who, temperature=0, finished={})
        ]
        answers.append([one.response for one in cells if isinstance(one, Cell)])
    assert answers[0] == answers[1] and len(answers[0]) == 6


def test_without_pages_ten_items_stand_on_one() -> None:
    instrument = Instrument(id="flat", items=tuple(item(f"q{n}") for n in range(23)))
    assert requests_of(instrument) == 3
    assert requests_of(TWO_PAGES) == 2
    assert estimate(planned(instrument)).calls == 3


@pytest.mark.parametrize(
    "changes", [{"elicit": "stated"}, {"method": "cognitive", "mode": "fused"}]
)
def test_what_asks_item_by_item_refuses_pages(changes: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="leave out --page"):
        RunSpec.model_validate({**planned(TWO_PAGES).model_dump(), **changes})


async def test_a_page_that_falls_out_of_role_twice_is_a_failure() -> None:
    model = answering({**ANSWERS, "c": "As an AI language model, I have no clock."})
    found = await outcomes(planned(TWO_PAGES), model)
    first = found[0]
    assert isinstance(first, Cell) and isinstance(first.response, Missing)
    assert BadReply.__name__ in first.response.detail and len(first.calls) == 2
