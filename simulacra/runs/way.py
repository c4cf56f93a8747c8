"""A respondent's way through the instrument of a run: what comes, together or alone."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from simulacra.domain.answer import Answer, Missing, MissingCode, Response
from simulacra.domain.run import Cell, Interview, RunSpec
from simulacra.domain.survey import Item, Kind, Question
from simulacra.runs.plan import item_seed
from simulacra.survey.condition import parse_condition
from simulacra.survey.orders import Draw
from simulacra.survey.present import present
from simulacra.survey.values import truth
from simulacra.survey.walk import Walk

Constraint = Callable[[Response], Response]


def failed(cell: Cell) -> bool:
    """Whether a cell is a technical failure, to be tried again."""
    response = cell.response
    return isinstance(response, Missing) and response.code is MissingCode.TECHNICAL


class Coming(NamedTuple):
    """An item that comes now: its cell before anything is said, and the stored one, if any."""

    item: Item
    blank: Cell
    before: Cell | None
    put: bool

    @property
    def kept(self) -> Cell | None:
        """The stored cell, where it needs no further try."""
        return None if self.before is None or failed(self.before) else self.before

    @property
    def open(self) -> bool:
        """Whether it is still to be asked."""
        return self.put and self.kept is None


class Way:
    """A respondent's way through the instrument: what came, what was said, what is still owed."""

    def __init__(self, spec: RunSpec, interview: Interview, temperature: float) -> None:
        self._spec, self._interview, self._temperature = spec, interview, temperature
        self._draw = Draw(spec.seed, interview.position, interview.seed)
        fields = spec.design.named(interview.condition).fields
        self._responses: dict[str, Response] = {
            name: Answer(text=value) for name, value in fields.items()
        }
        self._walk = Walk(spec.instrument, self._responses, self._draw, by_page=spec.page)
        self._places = {item.id: at for at, item in enumerate(spec.instrument.items)}
        self._came = 0
        self._closed: set[str] = set()
        self._lead: list[str] = []

    def pages(self, finished: Mapping[str, Cell]) -> Iterator[list[Coming]]:
        """Items in the order in which they come, together where they are put together."""
        page: list[Coming] = []
        for item, asked in self._walk:
            if item.kind is Kind.INFO:
                self._lead.append(item.text)
            else:
                page.append(self._coming(item, asked, finished.get(item.id)))
            if page and not self._walk.goes_on:
                yield page
                page = []

    def _coming(self, item: Item, asked: bool, before: Cell | None) -> Coming:
        came = self._came_at(item, asked)
        if before is not None and not failed(before):
            blank = before
        else:
            blank = self._cell(item, before, came=came)
        if came:
            self._lead.clear()
        return Coming(item, blank, before, asked and _can_be_put(blank.question, item))

    def _came_at(self, item: Item, asked: bool) -> int | None:
        """The place in the sequence of an item that comes now; None where it is not asked."""
        self._closed.add(item.id)
        self._came += asked
        return self._came if asked else None

    def _cell(self, item: Item, before: Cell | None, *, came: int | None, why: str = "") -> Cell:
        """The cell of an item before anything was said to it."""
        instrument = self._spec.instrument
        lead = self._lead if came else ()
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

    def rest(self, finished: Mapping[str, Cell]) -> Iterator[Cell]:
        """At the end, the cells of fields and of items that never came."""
        ended = self._walk.ended
        why = "the survey had ended" if ended and not ended.screened else ""
        why = "the respondent was screened out" if ended and ended.screened else why
        for item in self._spec.instrument.answerable:
            if item.id in self._closed or item.id in finished:
                continue
            cell = self._cell(item, None, came=None, why=why)
            if item.kind is Kind.FIELD and item.id in self._responses:
                cell = cell.model_copy(update={"response": self._responses[item.id]})
            yield cell


def _can_be_put(question: Question, item: Item) -> bool:
    """Whether any option is left of an item that has some."""
    return bool(question.options) or not item.options
