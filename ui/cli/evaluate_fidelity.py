"""``simulacra evaluate fidelity``: the answers of a run beside those of real people."""

from pathlib import Path
from typing import Annotated

import typer

from ui.cli.asking import OutOption, show_section
from ui.cli.common import JsonOption, SeedOption, example, open_workspace, say
from ui.cli.runs import RunId

_MAPPING = """\b
A mapping (YAML; or CSV with the columns role,name,column and recode,missing):
  id: caseid                 # ids of the rows, for people drawn from them
  weight: wtss               # optional: a column of weights
  missing: ["", NA, "-1"]    # texts that stand for no answer
  waves: [_w1, _w2]          # endings of the columns of two waves
  items:
    abany: abany             # item of the run: column
    trust: {column: q7, recode: {1: "yes", 2: "no"}, missing: [8, 9]}
  by:
    gender: {column: sex, recode: {1: male, 2: female}}
    age: {column: age, cut: [30, 50, 65]}
    vote: {item: vote16, column: vote}

"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "fidelity",
        epilog=_MAPPING
        + example(
            "simulacra evaluate fidelity 20261123-abc123 --humans panel.csv --mapping map.yaml"
        ),
    )(fidelity)


def fidelity(
    ctx: typer.Context,
    run_id: RunId,
    humans: Annotated[
        Path, typer.Option("--humans", help="Answers of people: .csv, .sav, .dta or .parquet.")
    ],
    mapping: Annotated[
        Path, typer.Option("--mapping", help="Which item of the run is which column.")
    ],
    by: Annotated[
        str, typer.Option("--by", help="Group variables of the mapping, with commas; else all.")
    ] = "",
    least: Annotated[
        int, typer.Option("--least", min=3, help="Smaller groups get no numbers.")
    ] = 10,
    seed: SeedOption = 0,
    out: OutOption = None,
    json_: JsonOption = False,
) -> None:
    """Hold the answers of a run against those of real people; nobody is asked anything.

    Distances of distributions with what sampling alone makes of them, means and spread,
    correlations, errors in groups, and, for people drawn from the rows of the file (persona sample
    --microdata with `id:` in its mapping), whether each answers as that human did, beside how
    often humans repeat their own answer.
    """
    from evaluation.fidelity.measure import measure_fidelity
    from evaluation.fidelity.section import section_of

    with open_workspace(ctx) as workspace:
        result = measure_fidelity(
            workspace,
            run_id,
            humans,
            mapping,
            by=[one.strip() for one in by.split(",") if one.strip()],
            least=least,
            seed=seed,
            tell=say,
        )
    show_section(
        section_of(result),
        result.model_dump(mode="json"),
        model=result.model,
        people=(f"{result.people} people of {result.study}",),
        out=out,
        json_=json_,
    )
