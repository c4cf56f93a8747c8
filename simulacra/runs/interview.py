"""One interview: a persona is asked the items of an instrument in order."""

from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Generic, NamedTuple, Protocol, Self, TypeVar

from simulacra.domain.answer import Answer, Missing, MissingCode, Reply, Response
from simulacra.domain.call import Call
from simulacra.domain.run import Abandoned, Cell, Interview, RunSpec
from simulacra.domain.survey import Item, Kind, Question
from simulacra.errors import BadReply, SimulacraError, TransientModelError
from simulacra.runs.plan import item_seed
from simulacra.survey.condition import parse_condition
from simulacra.survey.orders import Draw
from simulacra.survey.parse import read_reply
from simulacra.survey.present import present
from simulacra.survey.values import truth
from simulacra.survey.walk import Walk

Constraint = Callable[[Response], Response]
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
    first = state
    way = _Way(spec, interview, temperature)
    for item, asked in way.walk:
        if item.kind is Kind.INFO:
            way.lead.append(item.text)
            continue
        before = finished.get(item.id)
        if before is not None and not failed(before):
            cell = before
            way.came(item, asked)
        else:
            blank = way.cell(item, before, came=way.came(item, asked))
            if not asked or not _can_be_put(blank.question, item):
                cell = blank
            else:
                calls = (*given_up.get(item.id, ()), *(before.calls if before else ()))
                seen = state if spec.earlier_visible else first
                asking = _Asking(respondent, blank.question, seen, blank.seed, temperature, calls)
                try:
                    outcome = await _outcome(asking, way.constraint(item))
                except SimulacraError as error:
                    if error.calls:
                        yield Abandoned(
                            interview_id=interview.id,
                            item_id=item.id,
                            position=blank.position,
                            calls=error.calls,
                        )
                    raise
                cell = blank.model_copy(update=outcome._asdict())
            yield cell
        way.heard(cell)
        state = state.after(cell.question, cell.reply, cell.response)
    for cell in way.rest(finished):
        yield cell


def failed(cell: Cell) -> bool:
    """Whether a cell is a technical failure, to be tried again."""
    response = cell.response
    return isinstance(response, Missing) and response.code is MissingCode.TECHNICAL


class _Way:
    """A respondent's way through the instrument: what came, what was said, what is still owed."""

    def __init__(self, spec: RunSpec, interview: Interview, temperature: float) -> None:
        self._spec, self._interview, self._temperature = spec, interview, temperature
        self._draw = Draw(spec.seed, interview.position, interview.seed)
        fields = spec.design.named(interview.condition).fields
        self._responses: dict[str, Response] = {
            name: Answer(text=value) for name, value in fields.items()
        }
        self.walk = Walk(spec.instrument, self._responses, self._draw)
        self._places = {item.id: at for at, item in enumerate(spec.instrument.items)}
        self._came = 0
        self._closed: set[str] = set()
        self.lead: list[str] = []

    def came(self, item: Item, asked: bool) -> int | None:
        """The place in the sequence of an item that comes now; None where it is not asked."""
        self._closed.add(item.id)
        self._came += asked
        return self._came if asked else None

    def cell(self, item: Item, before: Cell | None, *, came: int | None, why: str = "") -> Cell:
        """The cell of an item before anything was said to it."""
        instrument = self._spec.instrument
        lead = self.lead if came else ()
        return Cell(
            interview_id=self._interview.id,
            item_id=item.id,
            position=self._places[item.id],
            attempt=before.attempt + 1 if before is not None else 1,
            question=present(item, instrument, self._draw, self._responses, lead=lead),
            response=Missing(code=MissingCode.NOT_ASKED, detail=why),
            sequence=came,
            seed=item_seed(self._spec, self._interview, item.id),
            temperature=self._temperature,
        )

    def constraint(self, item: Item) -> Constraint:
        """Takes an answer that does not meet the item's constraint for unreadable."""

        def met(response: Response) -> Response:
            if item.constraint is None or not isinstance(response, Answer):
                return response
            said = {**self._responses, item.id: response}
            if truth(parse_condition(item.constraint).value(said)):
                return response
            why = f"the answer does not meet the condition {item.constraint}"
            return Missing(code=MissingCode.UNREADABLE, detail=why)

        return met

    def heard(self, cell: Cell) -> None:
        """What was said to an item decides what comes next."""
        self._responses[cell.item_id] = cell.response
        if cell.sequence is not None:
            self.lead.clear()

    def rest(self, finished: Mapping[str, Cell]) -> Iterator[Cell]:
        """At the end, the cells of fields and of items that never came."""
        ended = self.walk.ended
        why = "the survey had ended" if ended and not ended.screened else ""
        why = "the respondent was screened out" if ended and ended.screened else why
        for item in self._spec.instrument.answerable:
            if item.id in self._closed or item.id in finished:
                continue
            cell = self.cell(item, None, came=None, why=why)
            if item.kind is Kind.FIELD and item.id in self._responses:
                cell = cell.model_copy(update={"response": self._responses[item.id]})
            yield cell


def _can_be_put(question: Question, item: Item) -> bool:
    """Whether any option is left of an item that has some."""
    return bool(question.options) or not item.options


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


async def _outcome(asking: _Asking[StateT], constraint: Constraint) -> _Outcome:
    """What came of an item; an error takes the calls of a reply before it along."""
    replies: tuple[Reply, ...] = ()
    try:
        reply = await asking.ask()
        replies = (reply,)
        response = constraint(read_reply(asking.question, reply))
        if isinstance(response, Missing) and response.code is MissingCode.UNREADABLE:
            again = await asking.ask(unreadable=reply)
            replies = (reply, again)
            response = constraint(read_reply(asking.question, again))
    except (TransientModelError, BadReply) as error:
        detail = f"{type(error).__name__}: {error}"
        return _Outcome(replies, Missing(code=MissingCode.TECHNICAL, detail=detail), error.calls)
    except SimulacraError as error:
        error.after(call for reply in replies for call in reply.calls)
        raise
    return _Outcome(replies, response)
