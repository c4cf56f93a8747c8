"""One interview: a persona is asked the items of an instrument in order."""

from collections.abc import AsyncGenerator, Mapping
from types import MappingProxyType
from typing import Any, Generic, NamedTuple, Protocol, Self, TypeVar

from simulacra.domain.answer import Missing, MissingCode, Reply, Response
from simulacra.domain.call import Call
from simulacra.domain.run import Abandoned, Cell, Interview, RunSpec
from simulacra.domain.survey import Item, Question
from simulacra.errors import BadReply, SimulacraError, TransientModelError
from simulacra.runs.plan import item_seed
from simulacra.survey.parse import read_reply
from simulacra.survey.present import present
from simulacra.survey.routing import asked

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
    those ``given_up`` by item id at hand. The next item is asked when the next
    cell is drawn, so the caller decides when a cell is safe. ``opening`` is the state to begin
    with, where it is not the respondent's own. Where an answer is given up after
    calls that came back, those come as ``Abandoned``, and the error is raised at the next draw.

    Raises:
        FatalModelError: no retry can mend it.
        BudgetSpent: a budget is used up.
        StorageError: memories could not be read.
    """
    state = respondent.opening() if opening is None else opening
    responses: dict[str, Response] = {}
    for position, item in enumerate(spec.instrument.items):
        before = finished.get(item.id)
        if before is not None and not failed(before):
            cell = before
        else:
            seed = item_seed(spec, interview, item.id)
            question = present(item, spec.instrument, seed=seed)
            try:
                calls = (*given_up.get(item.id, ()), *(before.calls if before else ()))
                asking = _Asking(respondent, question, state, seed, temperature, calls)
                outcome = await _outcome(item, responses, asking)
            except SimulacraError as error:
                if error.calls:
                    yield Abandoned(
                        interview_id=interview.id,
                        item_id=item.id,
                        position=position,
                        calls=error.calls,
                    )
                raise
            cell = Cell(
                interview_id=interview.id,
                item_id=item.id,
                position=position,
                attempt=before.attempt + 1 if before is not None else 1,
                question=question,
                replies=outcome.replies,
                unanswered=outcome.unanswered,
                response=outcome.response,
                seed=seed,
                temperature=temperature,
            )
            yield cell
        responses[item.id] = cell.response
        state = state.after(cell.question, cell.reply, cell.response)


def failed(cell: Cell) -> bool:
    """Whether a cell is a technical failure, to be tried again."""
    response = cell.response
    return isinstance(response, Missing) and response.code is MissingCode.TECHNICAL


class _Outcome(NamedTuple):
    """The replies to an item, what they count as, and the calls of an asking that failed."""

    replies: tuple[Reply, ...]
    response: Response
    unanswered: tuple[Call, ...] = ()


class _Asking(NamedTuple, Generic[StateT]):
    """A question to a respondent, with all that goes with it."""

    respondent: Respondent[StateT]
    question: Question
    state: StateT
    seed: int
    temperature: float
    earlier: tuple[Call, ...]

    async def ask(self, unreadable: Reply | None = None) -> Reply:
        """The reply; ``unreadable`` is the first one, where it is asked again."""
        return await self.respondent.ask(
            self.question,
            self.state,
            seed=self.seed,
            temperature=self.temperature,
            unreadable=unreadable,
            earlier=self.earlier,
        )


async def _outcome(
    item: Item, responses: Mapping[str, Response], asking: _Asking[StateT]
) -> _Outcome:
    """What came of an item; an error takes the calls of a reply before it along."""
    if not asked(item, responses):
        return _Outcome((), Missing(code=MissingCode.NOT_ASKED))
    replies: tuple[Reply, ...] = ()
    try:
        reply = await asking.ask()
        replies = (reply,)
        response = read_reply(asking.question, reply)
        if isinstance(response, Missing) and response.code is MissingCode.UNREADABLE:
            again = await asking.ask(unreadable=reply)
            replies = (reply, again)
            response = read_reply(asking.question, again)
    except (TransientModelError, BadReply) as error:
        detail = f"{type(error).__name__}: {error}"
        return _Outcome(replies, Missing(code=MissingCode.TECHNICAL, detail=detail), error.calls)
    except SimulacraError as error:
        error.after(call for reply in replies for call in reply.calls)
        raise
    return _Outcome(replies, response)
