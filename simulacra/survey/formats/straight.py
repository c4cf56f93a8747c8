"""An instrument without jumps: conditions say what skips and ends said.

Most survey tools know conditions, and neither skips nor ends. What a skip leaves out is asked only
where the skip does not hold; what stands behind an end, only where the end was not reached. Who
answers alike is asked alike. A jump stays where this cannot be said beforehand: in a random order,
out of a loop, and where its condition looks at what is answered or set later.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from simulacra.domain.flow import Block, Branch, End, Group, Randomise, SetField, Show, Step, shown
from simulacra.domain.survey import Instrument, Item, Skip
from simulacra.survey.condition import parse_condition
from simulacra.survey.expression import Constant, Expression, Logic, Not, items_of
from simulacra.survey.formats.trees import all_of, any_of
from simulacra.survey.report import ReportEntry
from simulacra.survey.walk import END_OF_SURVEY
from simulacra.survey.writing import condition_text

_MOST_SIGNS = 4_000  # nested jumps may double a condition each time


def straightened(
    instrument: Instrument, *, jumps: bool = False
) -> tuple[Instrument, list[ReportEntry]]:
    """The instrument with conditions in place of skips and ends, and what that changed.

    ``jumps``: the format has skips to later items and ends that are taken once what they look at is
    answered. Those stay; what else stands on the page of an end is not asked by a condition. A skip
    that could not be said stays with its item.
    """
    work = _Straightening(instrument, jumps=jumps)
    flow, _ = work.steps(instrument.steps)
    changed = {"items": tuple(work.items.values())}
    whole = flow if flow != instrument.steps else instrument.flow
    return instrument.model_copy(update={**changed, "flow": whole}), work.told


class _Jump(NamedTuple):
    """What holds where items up to ``to`` (the end of the block, if it is none) are left out."""

    terms: tuple[Expression, ...]
    to: str


class _Straightening:
    def __init__(self, instrument: Instrument, *, jumps: bool) -> None:
        self.told: list[ReportEntry] = []
        self.items = {item.id: item for item in instrument.items}
        self._blocks = {block.id: block for block in instrument.all_blocks}
        self._jumps, self._at = jumps, -1
        self._path: list[Expression] = []
        self._answered: tuple[str, ...] = ()
        names = shown(instrument.steps)
        self._again = {name for name in names if names.count(name) > 1}
        order = _order(instrument.steps, self._blocks, self.items)
        self._last = {name: at for at, name in enumerate(order)}

    def steps(self, steps: Sequence[Step]) -> tuple[tuple[Step, ...], list[Expression]]:
        """The steps, and what holds where the survey ends among them."""
        found: list[Step] = []
        for at, step in enumerate(steps):
            changed, ends = self._step(step)
            found += [changed] if changed else []
            if ends:
                after, further = self.steps(steps[at + 1 :])
                goes_on = condition_text(Not(term=any_of(ends)))
                found += [Branch(condition=goes_on, then=after)] if after else []
                return tuple(found), [*ends, *further]
        return tuple(found), []

    def _step(self, step: Step) -> tuple[Step | None, list[Expression]]:
        match step:
            case Show():
                return step, self._block(self._blocks[step.block])
            case Branch() if self._known(parse_condition(step.condition)):
                return self._branch(step)
            case Group():
                inside, ends = self.steps(step.steps)
                return step.model_copy(update={"steps": inside}), ends
            case End() if not self._native(all_of(self._path) if self._path else None):
                why = "what comes later is asked only where the end is not reached"
                kept = step.model_dump(mode="json")
                self.told.append(ReportEntry(question="", what="end", why=why, kept=kept))
                return None, [Constant(constant=True)]
        self._at += sum(1 for _ in _order([step], self._blocks, self.items))
        return step, []

    def _branch(self, step: Branch) -> tuple[Step | None, list[Expression]]:
        condition = parse_condition(step.condition)
        self._path.append(condition)
        then, ends = self.steps(step.then)
        otherwise, others = self.steps(step.otherwise)
        self._path.pop()
        reached = [_both(condition, one) for one in ends]
        reached += [_both(Not(term=condition), one) for one in others]
        changed = step.model_copy(update={"then": then, "otherwise": otherwise})
        return (changed if then or otherwise else None), reached

    def _block(self, block: Block) -> list[Expression]:
        """Change the items of a block; what holds where the survey ends in it."""
        drawn = block.shuffle or block.show or block.id in self._again
        self._answered = block.pages[-1] if block.pages and not block.loop else ()
        jumps: list[_Jump] = []
        ends: list[Expression] = []
        for name in block.items:
            item = self.items[name]
            self._at += 1 + len(item.rows)
            jumps = [one for one in jumps if one.to != name]
            terms = list(_terms_of(item.condition))
            for jump in jumps:
                missing = [one for one in jump.terms if one not in terms]
                terms.append(Not(term=all_of(missing or jump.terms)))
            if jumps:
                self._ask_where(item, terms)
            if item.skips and not drawn:
                jumps += self._leave(item, terms, block, ends)
        return ends

    def _ask_where(self, item: Item, terms: list[Expression]) -> None:
        condition = condition_text(all_of(terms))
        why = "it also says which skips leave the item out"
        told = ReportEntry(question=item.id, what="condition", why=why, kept=item.condition)
        self.told.append(told)
        self.items[item.id] = item.model_copy(update={"condition": condition})

    def _leave(
        self, item: Item, terms: list[Expression], block: Block, ends: list[Expression]
    ) -> list[_Jump]:
        """The jumps that the skips of an item make; skips that are said so are taken off it."""
        later = block.items[block.items.index(item.id) + 1 :]
        conditions = [parse_condition(skip.condition) for skip in item.skips]
        looked = [item.id in items_of(condition) for condition in conditions]
        if self._jumps and all(looked) and all(skip.to in later for skip in item.skips):
            return []
        found: list[_Jump] = []
        kept: list[Skip] = []
        reached: list[Expression] = []
        before: list[Expression] = []
        for skip, condition in zip(item.skips, conditions, strict=True):
            jump = _Jump((*terms, *before, condition), skip.to if skip.to in later else "")
            holds, away = all_of(jump.terms), skip.to == END_OF_SURVEY
            sayable = self._known(condition) and not (away and block.loop)
            if not sayable or len(condition_text(holds)) > _MOST_SIGNS:
                return []
            if away and self._jumps and item.id in self._answered and item.id in items_of(holds):
                kept.append(Skip(condition=condition_text(holds), to=skip.to))
            elif away:
                reached.append(holds)
            found.append(jump)
            before.append(Not(term=condition))
        ends += reached
        if tuple(kept) != item.skips:
            why = "conditions of later items say it"
            skips = [skip.model_dump(mode="json") for skip in item.skips]
            self.told.append(ReportEntry(question=item.id, what="skips", why=why, kept=skips))
            changed = self.items[item.id].model_copy(update={"skips": tuple(kept)})
            self.items[item.id] = changed
        return found

    def _native(self, condition: Expression | None) -> bool:
        """Whether a format that has ends would end here: just after what decides it is answered."""
        looked = items_of(condition) if condition else ()
        return self._jumps and not set(looked).isdisjoint(self._answered)

    def _known(self, condition: Expression) -> bool:
        """Whether nothing that a condition looks at is answered or set later."""
        return all(self._last.get(name, -1) <= self._at for name in items_of(condition))


def _both(holds: Expression, end: Expression) -> Expression:
    terms = (*_terms(holds), *_terms(end))
    return all_of([one for one in terms if one != Constant(constant=True)] or terms[:1])


def _terms(condition: Expression) -> tuple[Expression, ...]:
    joined = isinstance(condition, Logic) and condition.operator == "and"
    return condition.terms if joined else (condition,)  # type: ignore[union-attr]


def _terms_of(condition: str | None) -> tuple[Expression, ...]:
    return _terms(parse_condition(condition)) if condition and condition.strip() else ()


def _order(
    steps: Iterable[Step], blocks: dict[str, Block], items: dict[str, Item]
) -> Iterator[str]:
    """Names of items, of their rows, and of fields, in the order in which the flow has them."""
    for step in steps:
        match step:
            case Show():
                for name in blocks[step.block].items:
                    yield from (f"{name}_{row.code}" for row in items[name].rows)
                    yield name
            case SetField():
                yield step.field
            case Branch():
                yield from _order((*step.then, *step.otherwise), blocks, items)
            case Randomise():
                yield from _order(step.steps, blocks, items)
                yield step.record or ""
            case Group():
                yield from _order(step.steps, blocks, items)
