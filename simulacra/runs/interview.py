"""One interview: a persona is asked the items of an instrument in order."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Generic, NamedTuple, Protocol, Self, TypeVar

from simulacra.domain.answer import Missing, MissingCode, Reply, Response
from simulacra.domain.call import Call
from simulacra.domain.run import Abandoned, Cell, Interview, RunSpec
from simulacra.domain.survey import Question
from simulacra.errors import BadReply, SimulacraError, TransientModelError
from simulacra.runs.way import Coming, Constraint, Way
from simulacra.survey.parse import read_reply

NOTHING: Mapping[str, Any] = MappingProxyType({})


class State(Protocol):
    """What a respondent carries from question to question."""

    def after(self, question: Question, reply: Reply | None, response: Response) -> Self:
        """The state once a question was answered; ``reply`` is None where it was not asked."""
        ...


StateT = TypeVar("StateT", bound=State)


class Respondent(Protocol[StateT]):
    """Somebody who can be interviewed."""

    def opening(self) -> StateT:
        """The state before the first question."""
        ...

    async def ask(
        self,
        question: Question,
        state: StateT,
        *,
        seed: int,
        temperature: float,
        unreadable: Reply | None = None,
        earlier: tuple[Call, ...] = (),
    ) -> Reply:
        """The reply to a question; ``unreadable`` is the first reply, where it is asked again.

        ``earlier`` are the calls of tries of this answer that failed or were given up: what they
        brought need not be bought again.

        Raises:
            ModelError: the model gave no usable reply.
            BudgetSpent: a budget is used up.
        """
        ...

    async def ask_page(
        self,
        questions: Sequence[Question],
        state: StateT,
        *,
        seeds: Sequence[int],
        temperature: float,
        earlier: tuple[Call, ...] = (),
    ) -> tuple[Reply, ...]:
        """The replies to questions that are put together, each with its seed.

        What one request brought stands in the first reply. ``earlier`` are calls of tries of this
        page, those of its answers that are stored among them: nothing of it is bought again.
        Raises as ``ask`` does.
        """
        ...


async def conduct(
    spec: RunSpec,
    interview: Interview,
    respondent: Respondent[StateT],
    *,
    temperature: float,
    finished: Mapping[str, Cell],
    given_up: Mapping[str, tuple[Call, ...]] = NOTHING,
    opening: StateT | None = None,
) -> AsyncGenerator[Cell | Abandoned, None]:
    """The cells of an interview that are still open, one by one as they are answered.

    ``finished`` holds the latest stored cell by item id: from those the state is rebuilt. A cell
    that failed technically is asked again as the next attempt, with the calls of the last one and
    those ``given_up`` by item id at hand. Where the plan says so, the items of a page are asked
    together, before the first cell of it comes. The next item is asked when the next
    cell is drawn, so the caller decides when a cell is safe. ``opening`` is the state to begin
    with, where it is not the respondent's own. Where an answer is given up after
    calls that came back, those come as ``Abandoned``, and the error is raised at the next draw.

    Raises:
        FatalModelError: no retry can mend it.
        BudgetSpent: a budget is used up.
        StorageError: memories could not be read.
    """
    state = respondent.opening() if opening is None else opening
    first = state
    way = Way(spec, interview, temperature)
    for page in way.pages(finished):
        earlier = {one.item.id: (*given_up.get(one.item.id, ()), *_calls(one)) for one in page}
        seen = state if spec.earlier_visible else first
        putting = _Putting(respondent, page, seen, temperature, earlier)
        for one in page:
            cell = one.kept or one.blank
            if one.open:
                try:
                    outcome = await putting.outcome(one, way.constraint(one.item))
                except SimulacraError as error:
                    if error.calls:
                        yield Abandoned(
                            interview_id=interview.id,
                            item_id=one.item.id,
                            position=cell.position,
                            calls=error.calls,
                        )
                    raise
                cell = cell.model_copy(update=outcome._asdict())
            if one.kept is None:
                yield cell
            way.heard(cell)
            state = state.after(cell.question, cell.reply, cell.response)
    for cell in way.rest(finished):
        yield cell


def _calls(one: Coming) -> tuple[Call, ...]:
    return one.before.calls if one.before is not None else ()


class _Outcome(NamedTuple):
    """The replies to an item, what they count as, and the calls of an asking that failed."""

    replies: tuple[Reply, ...]
    response: Response
    unanswered: tuple[Call, ...] = ()


class _Putting(Generic[StateT]):
    """Items that come together, put to a respondent: in one request where there are several."""

    def __init__(
        self,
        respondent: Respondent[StateT],
        page: Sequence[Coming],
        state: StateT,
        temperature: float,
        earlier: Mapping[str, tuple[Call, ...]],
    ) -> None:
        self._respondent, self._state, self._temperature = respondent, state, temperature
        self._earlier = earlier
        self._together = [one for one in page if one.put]
        self._replies: dict[str, Reply] = {}
        self._failed: SimulacraError | None = None

    async def outcome(self, one: Coming, constraint: Constraint) -> _Outcome:
        """What came of an item; an error takes the calls of a reply before it along."""
        replies: tuple[Reply, ...] = ()
        question = one.blank.question
        try:
            reply = await self._first(one)
            replies = (reply,)
            response = constraint(read_reply(question, reply))
            if isinstance(response, Missing) and response.code is MissingCode.UNREADABLE:
                again = await self._ask(one, unreadable=reply)
                replies = (reply, again)
                response = constraint(read_reply(question, again))
        except (TransientModelError, BadReply) as error:
            detail = f"{type(error).__name__}: {error}"
            return _Outcome(
                replies, Missing(code=MissingCode.TECHNICAL, detail=detail), error.calls
            )
        except SimulacraError as error:
            error.after(call for reply in replies for call in reply.calls)
            raise
        return _Outcome(replies, response)

    async def _first(self, one: Coming) -> Reply:
        """The reply to an item, alone or as a part of that to the page, which is bought once."""
        if len(self._together) == 1:
            return await self._ask(one)
        if self._failed is not None:
            self._failed.calls = ()  # they stand with the item that met it first
            raise self._failed
        if not self._replies:
            try:
                replies = await self._page()
            except SimulacraError as error:
                self._failed = error
                raise
            names = (each.item.id for each in self._together)
            self._replies = dict(zip(names, replies, strict=True))
        return self._replies[one.item.id]

    async def _page(self) -> tuple[Reply, ...]:
        return await self._respondent.ask_page(
            [one.blank.question for one in self._together],
            self._state,
            seeds=[one.blank.seed for one in self._together],
            temperature=self._temperature,
            earlier=tuple(call for calls in self._earlier.values() for call in calls),
        )

    async def _ask(self, one: Coming, unreadable: Reply | None = None) -> Reply:
        """The reply to one item; ``unreadable`` is the first one, where it is asked again."""
        return await self._respondent.ask(
            one.blank.question,
            self._state,
            seed=one.blank.seed,
            temperature=self._temperature,
            unreadable=unreadable,
            earlier=self._earlier[one.item.id],
        )
