"""Loops that are gone through so many times: a number, or one that an answer gives."""

from collections.abc import Callable

from simulacra.domain.flow import Loop, Round
from simulacra.domain.survey import Instrument
from simulacra.survey.condition import parse_condition
from simulacra.survey.expression import Comparison, Constant, Expression
from simulacra.survey.report import ReportEntry
from simulacra.survey.unroll import loops_written_out
from simulacra.survey.writing import condition_text

MOST, OPEN = 50, 10


def fixed_rounds(many: int) -> Loop:
    """A loop of so many rounds, 1 to 50."""
    numbers = range(1, max(1, min(many, MOST)) + 1)
    return Loop(rounds=tuple(Round(key=str(number)) for number in numbers))


def open_rounds(count: Expression) -> Loop:
    """A loop of up to ten rounds, each gone through where the count reaches it."""
    return Loop(rounds=tuple(_round(count, number) for number in range(1, OPEN + 1)))


def count_of(loop: Loop) -> Expression | None:
    """What ``open_rounds`` made a loop of; None for any other."""
    first = loop.rounds[0].condition
    tree = parse_condition(first) if first else None
    if not isinstance(tree, Comparison) or tree.operator != ">=":
        return None
    numbers = range(1, len(loop.rounds) + 1)
    return tree.left if loop.rounds == tuple(_round(tree.left, n) for n in numbers) else None


def counted(loop: Loop) -> bool:
    """Whether nothing but a number says how a loop is gone through."""
    if loop.shuffle or loop.show:
        return False
    plain = tuple(Round(key=str(number)) for number in range(1, len(loop.rounds) + 1))
    return loop.rounds == plain or count_of(loop) is not None


def written_out(
    instrument: Instrument, keeps: Callable[[Loop], bool]
) -> tuple[Instrument, list[ReportEntry]]:
    """The instrument with a block for each round of the loops that a format does not keep."""
    told = [
        ReportEntry(
            question="",
            what=f"loop {block.id}",
            why="each of its rounds is written out",
            kept=block.loop.model_dump(mode="json"),
        )
        for block in instrument.blocks
        if block.loop and not keeps(block.loop)
    ]
    return loops_written_out(instrument, lambda loop: not keeps(loop)), told


def _round(count: Expression, number: int) -> Round:
    enough = Comparison(operator=">=", left=count, right=Constant(constant=float(number)))
    return Round(key=str(number), condition=condition_text(enough))
