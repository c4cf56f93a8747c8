"""What a run would ask and take, said before anything is bought."""

from typing import TYPE_CHECKING, Any

from ui.cli.common import console, print_json, table

if TYPE_CHECKING:
    from simulacra.domain.run import RunSpec
    from simulacra.runs.forecast import Forecast


def say_plan(spec: "RunSpec", size: "Forecast", balance: list[dict[str, Any]], json_: bool) -> None:
    """Cells, calls, tokens, money and time; conditions, and who falls into them."""
    people = len(set(spec.personas))
    plan: dict[str, Any] = {
        "instrument": spec.instrument.id,
        "method": spec.method if not spec.behavioural else spec.way,
        "mode": spec.mode,
        "without": list(spec.without),
        "model": " and ".join(spec.all_models),
        "elicit": spec.elicit.label,
        "page": spec.page,
        "personas": people,
        "items": len(spec.instrument.answerable),
        "replicates": spec.replicates,
        "conditions": [one.name for one in spec.design.conditions],
        "within": spec.design.within,
        **as_json(size),
        "balance": balance,
    }
    if json_:
        print_json(plan)
        return
    out = console()
    out.print(
        f"{people} people, {size.interviews} interviews x {plan['items']} items = {size.cells} "
        f"answers, about {size.calls} model calls ({spec.way} on {plan['model']}). "
        "Nothing was asked."
    )
    if size.rehearsed:
        out.print(amounts(size))
    if balance:
        grid = table("", *plan["conditions"], "difference (sd)")
        for row in balance:
            means = [row["values"].get(one) for one in plan["conditions"]]
            values = ["–" if one is None else f"{one:.2f}" for one in means]
            apart = row["difference"]
            grid.add_row(str(row["name"]), *values, "–" if apart is None else f"{apart:.2f}")
        out.print(grid)


def as_json(size: "Forecast") -> dict[str, Any]:
    """The figures of a size, for ``--json``; ``seconds`` is None for batches."""
    rounded = {
        "cost": round(size.cost, 6),
        "seconds": None if size.waves else round(size.seconds, 1),
        "unpriced": list(size.unpriced),
    }
    return {**size._asdict(), **rounded}


def amounts(size: "Forecast") -> str:
    """Tokens, money and time in a sentence."""
    return (
        f"About {size.tokens_in:,} tokens in ({size.tokens_cached:,} of them from a cache that "
        f"begins alike), {size.tokens_out:,} out, {_money(size)}, {_duration(size)}; "
        f"from {size.rehearsed} interviews rehearsed at no cost."
    )


def _money(size: "Forecast") -> str:
    """US dollars, and whose price is not known."""
    if not size.unpriced:
        return f"${size.cost:.4f}"
    names = " and ".join(size.unpriced)
    return f"${size.cost:.4f} and what {names} takes (set its price in SIMULACRA_PRICES)"


def _duration(size: "Forecast") -> str:
    if not size.waves:
        return _time(size.seconds)
    return f"{size.waves} batches one after the other, each back within a day"


def _time(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} seconds"
    minutes = seconds / 60
    return f"{minutes:.0f} minutes" if minutes < 120 else f"{minutes / 60:.1f} hours"
