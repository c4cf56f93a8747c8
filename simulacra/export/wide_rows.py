"""A respondent's counting cells become a row of the wide table."""

from collections.abc import Mapping, Sequence

from simulacra.domain.answer import Answer, Missing, MissingCode
from simulacra.domain.run import Cell, Interview
from simulacra.export.columns import Column
from simulacra.export.rows import Value, tidy

_ABOUT_ONE_OPTION = ("choice", "amount", "other")


def wide_row(
    columns: Sequence[Column],
    run_id: str,
    interview: Interview,
    cells: Mapping[str, Cell],
    weight: float = 1.0,
) -> list[Value]:
    """One respondent, in column order; ``cells`` holds the counting cell of each item.

    ``weight`` is that of the persona.
    """
    frame: dict[str, Value] = {
        "respondent_id": interview.id,
        "persona_id": interview.persona.id,
        "run_id": run_id,
        "condition": interview.condition,
        "replicate": interview.replicate,
        "wt": weight,
        "simulated": 1,
    }
    return [
        frame[column.name]
        if column.item_id is None
        else _wide_value(column, cells.get(column.item_id))
        for column in columns
    ]


def _wide_value(column: Column, cell: Cell | None) -> Value:
    if cell is None:
        return None
    lost = _missing(column, cell)
    if column.role == "reason":
        return int(lost) if lost is not None else 0
    if lost is not None:
        code = int(lost) if column.numeric else str(int(lost))
        return code if column.takes_codes else None
    if column.role == "order":
        return "|".join(cell.question.order)
    # Where a response is missing, only the order has a value.
    return _answer_value(column, cell.response) if isinstance(cell.response, Answer) else None


def _missing(column: Column, cell: Cell) -> MissingCode | None:
    """Why the column has no value, as far as the cell knows."""
    if isinstance(cell.response, Missing):
        code = cell.response.code
        return None if column.role == "order" and code != MissingCode.NOT_ASKED else code
    answer = cell.response
    role = column.about or column.role
    if role in _ABOUT_ONE_OPTION and column.code not in cell.question.order:
        return MissingCode.NOT_ASKED
    if role == "other" and column.code not in answer.texts:
        chosen = column.code in answer.codes
        return MissingCode.SKIPPED if chosen else MissingCode.NOT_ASKED
    if column.rank is not None and column.rank > len(answer.codes):
        return MissingCode.SKIPPED
    return None


def _answer_value(column: Column, answer: Answer) -> Value:
    code = column.code or ""
    match column.role:
        case "choice":
            return int(code in answer.codes)
        case "closed" | "rank":
            return _code(column, answer.codes[(column.rank or 1) - 1 :])
        case "number":
            return None if answer.number is None else tidy(answer.number)
        case "amount":
            return tidy(answer.amounts.get(code, 0.0))
        case "other":
            return answer.texts[code]
        case _:
            return answer.text


def _code(column: Column, codes: Sequence[str]) -> Value:
    if not codes:
        return None
    return int(codes[0]) if column.numeric else codes[0]
