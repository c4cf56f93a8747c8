from collections.abc import Mapping

import pytest

from simulacra.domain.answer import Answer, Missing, MissingCode, Reply
from simulacra.domain.call import Call
from simulacra.domain.design import Condition, Design
from simulacra.domain.flow import Block, Branch, End, SetField, Show
from simulacra.domain.run import Abandoned, Cell, RunSpec
from simulacra.domain.survey import Instrument, Item, Kind, Question
from simulacra.errors import (
    BadReply,
    BudgetSpent,
    FatalModelError,
    ModelTimeout,
    ServerFailed,
    SimulacraError,
)
from simulacra.runs.interview import conduct
from simulacra.runs.plan import item_seed, plan
from simulacra.runs.way import failed
from tests.support.respondents import FakeRespondent, Said
from tests.support.studies import call, instrument, spec


async def cells_of(
    planned: RunSpec, respondent: FakeRespondent, finished: Mapping[str, Cell] | None = None
) -> list[Cell]:
    interview = plan(planned)[0]
    return [
        cell
        async for cell in conduct(
            planned, interview, respondent, temperature=0.3, finished=finished or {}
        )
        if isinstance(cell, Cell)
    ]


def by_item(cells: list[Cell]) -> dict[str, Cell]:
    return {cell.item_id: cell for cell in cells}


def troubled(planned: RunSpec, item: str, *errors: SimulacraError | None) -> FakeRespondent:
    """A respondent in whom an item raises the given errors one after the other."""
    coming = list(errors)

    async def interfere(question: Question, key: str) -> None:
        if question.item_id == item and coming and (error := coming.pop(0)) is not None:
            raise error

    return FakeRespondent(planned.personas[0], interfere=interfere)


async def test_items_are_asked_in_order_with_their_own_seeds() -> None:
    planned = spec(1, 3, seed=9)
    cells = await cells_of(planned, FakeRespondent(planned.personas[0]))
    assert [(cell.item_id, cell.position, cell.attempt) for cell in cells] == [
        ("q1", 0, 1),
        ("q2", 1, 1),
        ("q3", 2, 1),
    ]
    interview = plan(planned)[0]
    for cell in cells:
        assert cell.seed == item_seed(planned, interview, cell.item_id)
        assert cell.temperature == 0.3
        request = cell.replies[0].calls[0].request
        assert (request.seed, request.temperature) == (cell.seed, 0.3)
        assert cell.response == Answer(codes=(cell.replies[0].text,))
    assert cells[2].replies[0].calls[0].request.messages[1].text == "\n".join(
        cell.replies[0].text for cell in cells[:2]
    )


async def test_a_resumed_interview_goes_on_as_if_undisturbed() -> None:
    planned = spec(1, 5)
    whole = await cells_of(planned, FakeRespondent(planned.personas[0]))
    rest = await cells_of(planned, FakeRespondent(planned.personas[0]), by_item(whole[:2]))
    assert rest == whole[2:]


async def test_an_unreadable_reply_is_asked_once_more_and_both_are_kept() -> None:
    planned = spec(1, 2)
    respondent = FakeRespondent(planned.personas[0], texts={"q1": "colourless green ideas"})
    first, second = await cells_of(planned, respondent)
    assert [reply.text for reply in first.replies] == [
        "colourless green ideas",
        first.replies[1].text,
    ]
    assert isinstance(first.response, Answer)
    assert first.replies[1].calls[0].request.messages[2].text.endswith("!")
    assert len(second.replies) == 1


async def test_a_refusal_is_not_asked_again() -> None:
    planned = spec(1, 1)
    respondent = FakeRespondent(planned.personas[0], texts={"q1": "I'd rather not say"})
    (cell,) = await cells_of(planned, respondent)
    assert len(cell.replies) == 1
    assert cell.response == Missing(code=MissingCode.REFUSED, detail=cell.response.detail)  # type: ignore[union-attr]


@pytest.mark.parametrize("error", [ServerFailed("500"), ModelTimeout("late"), BadReply("cut")])
async def test_a_failure_that_a_retry_could_mend_is_technical_and_the_interview_goes_on(
    error: SimulacraError,
) -> None:
    planned = spec(1, 3)
    cells = await cells_of(planned, troubled(planned, "q2", error))
    assert [failed(cell) for cell in cells] == [False, True, False]
    assert cells[1].response == Missing(
        code=MissingCode.TECHNICAL, detail=f"{type(error).__name__}: {error}"
    )
    assert cells[1].replies == ()


async def test_a_reask_that_fails_keeps_the_first_reply() -> None:
    planned = spec(1, 1)
    respondent = troubled(planned, "q1", None, ServerFailed("500"))
    respondent._texts["q1"] = "mumble mumble"
    (cell,) = await cells_of(planned, respondent)
    assert failed(cell)
    assert [reply.text for reply in cell.replies] == ["mumble mumble"]


async def test_a_technical_failure_is_tried_again_as_the_next_attempt() -> None:
    planned = spec(1, 3)
    whole = await cells_of(planned, FakeRespondent(planned.personas[0]))
    broken = await cells_of(planned, troubled(planned, "q3", ServerFailed("500")))
    (again,) = await cells_of(planned, FakeRespondent(planned.personas[0]), by_item(broken))
    assert again == whole[2].model_copy(update={"attempt": 2})


@pytest.mark.parametrize("error", [FatalModelError("wrong key"), BudgetSpent("spent")])
async def test_what_no_retry_can_mend_leaves_the_interview(error: SimulacraError) -> None:
    planned = spec(1, 3)
    with pytest.raises(type(error)):
        await cells_of(planned, troubled(planned, "q2", error))


async def test_an_item_whose_condition_fails_is_not_asked() -> None:
    items = (
        *instrument(1).items,
        Item(id="q2", kind=Kind.SHORT_TEXT, text="Why?", condition="q1 = 9"),
        Item(id="q3", kind=Kind.SHORT_TEXT, text="Why?", condition="answered(q1)"),
    )
    planned = spec(1, instrument=instrument(1).model_copy(update={"items": items}))
    first, second, third = await cells_of(planned, FakeRespondent(planned.personas[0]))
    assert second.response == Missing(code=MissingCode.NOT_ASKED)
    assert second.replies == ()
    assert isinstance(third.response, Answer)
    assert third.replies[0].calls[0].request.messages[1].text == first.replies[0].text


@pytest.mark.parametrize("error", [FatalModelError("wrong key"), BudgetSpent("$1 is spent")])
async def test_a_reply_before_a_reask_that_stops_the_run_is_handed_over_first(
    error: SimulacraError,
) -> None:
    planned = spec(1, 2)
    asked: list[str] = []

    async def interfere(question: Question, key: str) -> None:
        asked.append(question.item_id)
        if len(asked) == 3:
            raise error

    respondent = FakeRespondent(
        planned.personas[0], interfere=interfere, texts={"q2": "colourless green ideas"}
    )
    interview = plan(planned)[0]
    cells = conduct(planned, interview, respondent, temperature=0.0, finished={})
    assert isinstance(await anext(cells), Cell)
    given_up = await anext(cells)
    assert isinstance(given_up, Abandoned)
    assert (given_up.item_id, given_up.position, given_up.interview_id) == ("q2", 1, interview.id)
    assert [call.reply for call in given_up.calls] == ["colourless green ideas"]
    with pytest.raises(type(error)):
        await anext(cells)


async def test_calls_of_a_reask_that_failed_stand_beside_the_first_reply() -> None:
    planned = spec(1, 1)
    asked: list[str] = []
    paid = call("emotion")

    async def interfere(question: Question, key: str) -> None:
        asked.append(key)
        if len(asked) == 2:
            raise ServerFailed("500").after([paid])

    respondent = FakeRespondent(
        planned.personas[0], interfere=interfere, texts={"q1": "colourless green ideas"}
    )
    (cell,) = await cells_of(planned, respondent)
    assert failed(cell) and len(cell.replies) == 1
    assert cell.unanswered == (paid,)
    assert cell.calls == (*cell.replies[0].calls, paid)


async def test_what_earlier_tries_bought_is_at_hand_for_the_next_and_for_no_other() -> None:
    planned = spec(1, 3)
    felt, given_up = call("emotion"), call("planning")
    broken = await cells_of(planned, troubled(planned, "q2", ServerFailed("500").after([felt])))
    seen: dict[str, tuple[Call, ...]] = {}

    class Recording(FakeRespondent):
        async def ask(
            self,
            question: Question,
            state: Said,
            *,
            seed: int,
            temperature: float,
            unreadable: Reply | None = None,
            earlier: tuple[Call, ...] = (),
        ) -> Reply:
            seen[question.item_id] = earlier
            return await super().ask(question, state, seed=seed, temperature=temperature)

    interview = plan(planned)[0]
    finished = {cell.item_id: cell for cell in broken if cell.item_id != "q3"}
    async for _ in conduct(
        planned,
        interview,
        Recording(planned.personas[0]),
        temperature=0.3,
        finished=finished,
        given_up={"q3": (given_up,)},
    ):
        pass
    assert seen == {"q2": (felt,), "q3": (given_up,)}


def survey(*items: Item, **parts: object) -> RunSpec:
    made = Instrument.model_validate({"id": "s", "items": items, **parts})
    return spec(1, 1, instrument=made, seed=4)


def choice(name: str, **changes: object) -> Item:
    plain = instrument(1).items[0]
    return plain.model_copy(update={"id": name, "text": f"{name}?", **changes})


async def test_information_leads_to_the_next_question_and_has_no_cell() -> None:
    told = Item(id="told", kind=Kind.INFO, text="You said ${a}. Imagine rain.")
    planned = survey(choice("a"), told, choice("b"), choice("c"))
    respondent = FakeRespondent(planned.personas[0], texts={"a": "1"})
    first, second, third = await cells_of(planned, respondent)
    assert (first.question.lead, third.question.lead) == ("", "")
    assert second.question.lead == "You said Label 1. Imagine rain."
    assert [cell.position for cell in (first, second, third)] == [0, 2, 3]
    assert [cell.sequence for cell in (first, second, third)] == [1, 2, 3]


async def test_what_never_came_is_not_asked_and_fields_have_their_values() -> None:
    flow = (
        SetField(field="arm", text="warm"),
        Show(block="one"),
        Branch(condition="a = 1", then=(End(screened=True),)),
        Show(block="two"),
    )
    planned = survey(
        choice("a"), choice("b"), Item(id="arm", kind=Kind.FIELD), Item(id="free", kind=Kind.FIELD),
        blocks=(Block(id="one", pages=(("a",),)), Block(id="two", pages=(("b",),))), flow=flow,
    )  # fmt: skip
    respondent = FakeRespondent(planned.personas[0], texts={"a": "1"})
    cells = by_item(await cells_of(planned, respondent))
    not_asked = Missing(code=MissingCode.NOT_ASKED, detail="the respondent was screened out")
    assert cells["b"].response == cells["free"].response == not_asked
    assert cells["b"].sequence is None and cells["b"].replies == ()
    assert cells["arm"].response == Answer(text="warm")
    rest = await cells_of(planned, respondent, {"a": cells["a"], "arm": cells["arm"]})
    assert [cell.item_id for cell in rest] == ["b", "free"]


async def test_a_condition_of_the_study_sets_fields_of_the_instrument() -> None:
    design = Design(conditions=(Condition(name="c", fields={"tone": "icy"}),))
    told = Item(id="told", kind=Kind.INFO, text="The clerk was ${tone}.")
    planned = survey(told, choice("a", condition="tone = 'icy'"), Item(id="tone", kind=Kind.FIELD))
    cells = by_item(
        await cells_of(
            planned.model_copy(update={"design": design}), FakeRespondent(planned.personas[0])
        )
    )
    assert cells["a"].question.lead == "The clerk was icy."
    assert cells["tone"].response == Answer(text="icy")


async def test_an_answer_against_the_constraint_is_put_again_and_then_unreadable() -> None:
    planned = survey(choice("a"), choice("b", constraint="b != a"))
    respondent = FakeRespondent(planned.personas[0], texts={"a": "1", "b": "1"})
    respondent_again = FakeRespondent(planned.personas[0], texts={"a": "1", "b": "2"})
    _, refused = await cells_of(planned, respondent)
    _, met = await cells_of(planned, respondent_again)
    assert len(refused.replies) == 2
    assert (len(met.replies), met.response) == (1, Answer(codes=("2",)))


async def test_options_that_do_not_apply_are_not_shown_and_none_means_not_asked() -> None:
    options = instrument(1).items[0].options
    some = tuple(
        one.model_copy(update={"condition": f"not selected(a, '{one.code}')"}) for one in options
    )
    none = tuple(one.model_copy(update={"condition": "false"}) for one in options)
    planned = survey(choice("a"), choice("b", options=some), choice("c", options=none))
    respondent = FakeRespondent(planned.personas[0], texts={"a": "2"})
    cells = by_item(await cells_of(planned, respondent))
    assert cells["b"].question.order == ("1", "3")
    assert cells["c"].response == Missing(code=MissingCode.NOT_ASKED)


async def test_earlier_answers_may_be_hidden() -> None:
    planned = spec(1, 3, earlier_visible=False)
    cells = await cells_of(planned, FakeRespondent(planned.personas[0]))
    assert cells[2].replies[0].calls[0].request.messages[1].text == ""
