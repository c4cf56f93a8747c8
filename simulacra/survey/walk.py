"""A respondent's way through an unrolled instrument, item by item as the answers come."""

from collections import Counter
from collections.abc import Iterator, MutableMapping

from simulacra.domain.answer import Answer, Response
from simulacra.domain.flow import Block, Branch, End, Randomise, SetField, Show, Step, shown
from simulacra.domain.survey import Instrument, Item, Kind
from simulacra.survey.condition import parse_condition
from simulacra.survey.orders import Draw, alone, balanced
from simulacra.survey.pages import goes_on, paged
from simulacra.survey.piping import fill
from simulacra.survey.values import text, truth

END_OF_BLOCK, END_OF_SURVEY = "end_of_block", "end_of_survey"


class Walk:
    """The way of one respondent: draw an item, put its response into ``responses``, draw the next.

    Information texts are drawn like items, and have no response. Fields that the flow sets are put
    into ``responses`` by the walk; those that are there at first (a condition of the study, say)
    keep their value unless they are set. ``ended`` is the end that was reached before the last
    item, if any. ``goes_on`` says, of the item drawn last, whether the next one stands on the same
    page and can be drawn before there are responses to those of the page.
    """

    def __init__(
        self,
        instrument: Instrument,
        responses: MutableMapping[str, Response],
        draw: Draw,
        *,
        by_page: bool = False,
    ) -> None:
        """``by_page``: find out with each item what ``goes_on`` says."""
        instrument = paged(instrument) if by_page else instrument
        self._items = {item.id: item for item in instrument.items}
        self._blocks = {block.id: block for block in instrument.all_blocks}
        self._flow, self._draw, self._responses = instrument.steps, draw, responses
        times = Counter(shown(instrument.steps))
        self._again = {block for block, many in times.items() if many > 1}
        self._drawn: set[str] = set()
        self.ended: End | None = None
        self._by_page, self.goes_on = by_page, False

    def __iter__(self) -> Iterator[tuple[Item, bool]]:
        """Items with whether they are to be asked, in the order in which they come.

        An item that is not asked may come again where its block is shown a second time; such items
        are left out here.
        """
        yield from self._steps(self._flow)

    def holds(self, condition: str | None) -> bool:
        """Whether a condition holds, given the responses so far."""
        if condition is None or not condition.strip():
            return True
        return truth(parse_condition(condition).value(self._responses))

    def _steps(self, steps: tuple[Step, ...]) -> Iterator[tuple[Item, bool]]:
        for step in steps:
            if self.ended:
                return
            yield from self._step(step)

    def _step(self, step: Step) -> Iterator[tuple[Item, bool]]:
        if isinstance(step, Show):
            yield from self._block(self._blocks[step.block])
        elif isinstance(step, Branch):
            yield from self._steps(step.then if self.holds(step.condition) else step.otherwise)
        elif isinstance(step, Randomise):
            yield from self._randomised(step)
        elif isinstance(step, SetField):
            self._set(step)
        elif isinstance(step, End):
            self.ended = step
        else:
            yield from self._steps(step.steps)

    def _randomised(self, step: Randomise) -> Iterator[tuple[Item, bool]]:
        drawn = balanced if step.evenly else alone
        order = drawn(range(len(step.steps)), self._draw, f"flow {step.id}")[: step.show]
        if step.record is not None:
            taken = "|".join(str(place + 1) for place in order)
            self._responses[step.record] = Answer(text=taken)
        yield from self._steps(tuple(step.steps[place] for place in order))

    def _set(self, step: SetField) -> None:
        if step.expression is not None:
            value = text(parse_condition(step.expression).value(self._responses))
        else:
            value = fill(step.text, self._items, self._responses, seed=self._draw.respondent)
        self._responses[step.field] = Answer(text=value)

    def _block(self, block: Block) -> Iterator[tuple[Item, bool]]:
        again, target = block.id in self._again, ""
        items = self._ordered(block)
        for at, item in enumerate(items):
            if self.ended:
                return
            if target == END_OF_BLOCK or (target and item.id != target):
                asked = False
            else:
                target, asked = "", self.holds(item.condition)
            if item.id in self._drawn or not (asked or not again):
                continue
            if item.kind != Kind.INFO or asked:
                self._drawn.add(item.id)
                self.goes_on = self._by_page and not again and goes_on(items, at, block)
                yield item, asked
            if asked:
                target = self._skip(item) or target
            if target == END_OF_SURVEY:
                self.ended = End()

    def _skip(self, item: Item) -> str:
        return next((skip.to for skip in item.skips if self.holds(skip.condition)), "")

    def _ordered(self, block: Block) -> list[Item]:
        items = [self._items[name] for name in block.items]
        items = [item for item in items if item.kind != Kind.FIELD]  # set, never asked
        if block.shuffle or block.show:
            movable = [item for item in items if item.id not in block.fixed]
            kept = balanced(movable, self._draw, f"block {block.id}")[: block.show]
            if not block.shuffle:
                kept = [item for item in movable if item in kept]
            following = iter(kept)
            placed = [item if item.id in block.fixed else next(following, None) for item in items]
            items = [item for item in placed if item is not None]
        return list(self._rows_shuffled(items))

    def _rows_shuffled(self, items: list[Item]) -> Iterator[Item]:
        """Rows of a matrix that is to be shuffled change places among themselves."""
        at = 0
        while at < len(items):
            end = at + 1
            some = items[at].show_rows
            if items[at].shuffle_rows or some:
                while end < len(items) and items[end].group == items[at].group:
                    end += 1
                rows = items[at:end]
                drawn = balanced(rows, self._draw, f"rows {items[at].group}")[:some]
                yield from drawn if items[at].shuffle_rows else [r for r in rows if r in drawn]
            else:
                yield items[at]
            at = end
