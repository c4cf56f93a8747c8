"""LimeSurvey's older table of conditions."""

from collections import defaultdict

from simulacra.survey.expression import Constant, Expression, Not
from simulacra.survey.formats.draft import Draft
from simulacra.survey.formats.lss.expressions import Resolve, compile_em
from simulacra.survey.formats.lss.tables import Record
from simulacra.survey.formats.trees import Untranslatable, all_of, any_of, called
from simulacra.survey.writing import condition_text


def condition_of(rows: list[Record], resolve: Resolve, draft: Draft, own: str) -> str | None:
    """The condition of a question by its ``rows`` of that table.

    In a scenario conditions on one variable are alternatives, those on several have all to hold;
    scenarios are alternatives.
    """
    scenarios: defaultdict[str, defaultdict[str, list[Expression]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for row in rows:
        try:
            tree = _tree(row, resolve)
        except Untranslatable as error:
            draft.tell(own, "condition", str(error), row)
            return None
        scenarios[row.get("scenario", "1")][row.get("cfieldname", "")].append(tree)
    if not scenarios:
        return None
    whole = [all_of([any_of(some) for some in one.values()]) for one in scenarios.values()]
    return condition_text(any_of(whole))


def _tree(row: Record, resolve: Resolve) -> Expression:
    """One condition; Untranslatable where it has no counterpart."""
    name = row.get("cfieldname", "").lstrip("+")
    value = row.get("value", "")
    method = row.get("method", "==").strip() or "=="
    if value.startswith("@"):
        raise Untranslatable("an answer is compared with another")
    if method == "RX":
        return called("matches", resolve(name), Constant(constant=value.strip("/")))
    if '"' in value or "\\" in value or method not in ("==", "!=", "<", ">", "<=", ">="):
        raise Untranslatable(f"there is no counterpart of {method}")
    ticked = row.get("cfieldname", "").startswith("+")
    if not value.strip():
        empty = compile_em(f"is_empty({name})", resolve)
        return empty if method == "==" else Not(term=empty)
    return compile_em(f'{name} {method} "{"Y" if ticked else value}"', resolve)
