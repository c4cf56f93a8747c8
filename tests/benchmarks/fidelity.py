"""Fidelity on the GSS panel: people drawn from its rows answer its items; planted truths found.

    uv run python -m tests.benchmarks.fidelity --data FOLDER [--model SPEC] [--people 200]

FOLDER holds respondents.csv and items.json. People are drawn from the rows, each at most once, and
carry the row's id; the model answers for them, and the answers are held against the humans' own.

    uv run python -m tests.benchmarks.fidelity --data FOLDER --planted --seeds 40

asks nobody. For each seed the humans are parted at random: one half stands for the humans, the
other for simulated people. As it is, the other half is like the first, so alarms are false; then a
bias of one option is planted in one group, and the spread of answers is halved.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from evaluation.fidelity.groups import clear
from evaluation.fidelity.humans import read_humans
from evaluation.fidelity.mapping import FidelityMapping, read_fidelity_mapping
from evaluation.fidelity.measure import Comparison, fidelity_of, measure_fidelity
from evaluation.fidelity.result import FidelityResult
from evaluation.fidelity.section import section_of
from evaluation.fidelity.sides import Scale, Side, scale_of
from evaluation.report.evaluation import alone, write_evaluation
from personas.attributes.draw import SAMPLE_DAY
from personas.attributes.pools import load_pools
from personas.personality.draw import draw_personality
from personas.population.ids import with_ids
from personas.population.microdata import read_microdata
from personas.population.sample import sample
from simulacra.domain.persona import Persona
from simulacra.domain.run import PersonaRef
from simulacra.domain.survey import Instrument, Kind
from simulacra.errors import SimulacraError
from simulacra.workspace import Workspace
from tests.support.gss import answers_mapping, instrument_of, people_mapping

PLANTED_ITEMS = 12
GROUP = "race"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    data = Path(os.environ.get("SIMULACRA_TEST_DATA", "../shared/data")) / "gss-panel"
    parser.add_argument("--data", type=Path, default=data, metavar="FOLDER")
    parser.add_argument("--model", default="behavioural", metavar="SPEC")
    parser.add_argument("--method", default="profile", metavar="M")
    parser.add_argument("--items", type=int, default=30, metavar="N", help="spread over all items")
    parser.add_argument("--people", type=int, default=200, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    parser.add_argument("--planted", action="store_true", help="planted truths; nobody is asked")
    parser.add_argument("--seeds", type=int, default=40, metavar="N", help="of planted truths")
    parser.add_argument("--out", type=Path, metavar="DIR", help="write the report")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    return parser.parse_args()


def say(text: str) -> None:
    print(text, file=sys.stderr)


def people_of(workspace: Workspace, data: Path, number: int, seed: int, out: Path) -> list[Persona]:
    """So many rows as people, stored."""
    rows = read_microdata(
        data / "respondents.csv", people_mapping(out), load_pools(), SAMPLE_DAY
    )
    drawn = sample(number, seed, microdata=rows, personality=draw_personality)
    people, new = with_ids(drawn.personas, workspace.personas.hashes())
    workspace.personas.save_all(new, lambda _: None)
    return people


async def measured(options: argparse.Namespace, folder: Path) -> FidelityResult:
    """Everything: instrument, mapping, people, run, evaluation."""
    instrument = instrument_of(options.data, options.items)
    workspace = Workspace.open(folder / "workspace")
    try:
        people = people_of(workspace, options.data, options.people, options.seed, folder)
        say(f"{len(people)} people are asked {len(instrument.items)} items")
        run_id = workspace.plan(
            instrument,
            [PersonaRef(id=one.id, version=one.version) for one in people],
            method=options.method,
            model=options.model,
            seed=options.seed,
        )
        await workspace.run(run_id)
        return measure_fidelity(
            workspace,
            run_id,
            options.data / "respondents.csv",
            answers_mapping(instrument, folder),
            seed=options.seed,
            tell=say,
        )
    finally:
        await workspace.aclose()


def show(result: FidelityResult) -> None:
    print(f"{'item':<12} {'moved':>6} {'floor':>6} {'JS':>6} {'spread':>7} {'accuracy':>9} "
          f"{'chance':>7} {'retest':>7} {'normalised':>11}")  # fmt: skip
    for one in result.items:
        distance, told = one.moved or one.total_variation, one.accuracy
        print(
            f"{one.id:<12} {number(distance and distance.value):>6} "
            f"{number(distance and distance.floor):>6} "
            f"{number(one.jensen_shannon and one.jensen_shannon.value):>6} "
            f"{number(one.spread_ratio and one.spread_ratio.value):>7} "
            f"{number(told and told.accuracy.value):>9} {number(told and told.chance):>7} "
            f"{number(told and told.retest.value):>7} {number(told and told.normalised.value):>11}"
        )
    for finding in section_of(result).findings:
        print(f"- {finding}")


def number(value: Any) -> str:
    return "-" if value is None else f"{value:.2f}"


class Panel:
    """The humans' first answers to some items, to be parted at random."""

    def __init__(self, data: Path, folder: Path) -> None:
        whole = instrument_of(data)
        ratings = [one for one in whole.items if one.kind is Kind.RATING]
        step = max(1, len(ratings) // PLANTED_ITEMS)
        instrument = Instrument(id="planted", items=tuple(ratings[::step][:PLANTED_ITEMS]))
        told = read_fidelity_mapping(answers_mapping(instrument, folder))
        self.mapping: FidelityMapping = told.model_copy(update={"by": {GROUP: told.by[GROUP]}})
        file = read_humans(data / "respondents.csv", self.mapping)
        self.scales: tuple[Scale, ...] = tuple(
            scale_of(one, ordered=True) for one in instrument.items
        )
        answers = {}
        for one in instrument.items:
            columns, codes = told.items[one.id], [option.code for option in one.options]
            answers[one.id] = [
                (code,) for code in file.values(columns.column, columns, codes, one.id)
            ]
        self.side = Side(
            ids=file.ids,
            weights=file.weights,
            answers=answers,
            groups={GROUP: file.columns[told.by[GROUP].column]},
            rows=[None] * file.rows,
        )

    def halves(self, seed: int) -> tuple[Side, Side]:
        """Two random halves of the people."""
        order = np.random.default_rng(seed).permutation(len(self.side.ids))
        middle = len(order) // 2
        return self.side.only(sorted(order[:middle])), self.side.only(sorted(order[middle:]))

    def shifted(self, side: Side, group: str) -> Side:
        """Everybody of a group answers one option higher."""
        inside = [one == group for one in side.groups[GROUP]]
        moved = {
            scale.item: [
                (up(scale, code[0]),) if yes else code
                for code, yes in zip(side.answers[scale.item], inside, strict=True)
            ]
            for scale in self.scales
        }
        return replace(side, answers=moved)

    def narrowed(self, side: Side, seed: int) -> Side:
        """Three in four give the option nearest to the mean: about half the standard deviation."""
        rng = np.random.default_rng(seed)
        found = {}
        for scale in self.scales:
            told = [code[0] for code in side.answers[scale.item]]
            at = [scale.codes.index(one) for one in told if one is not None]
            middle = scale.codes[round(float(np.mean(at)))]
            found[scale.item] = [
                (one if one is None or rng.random() < 0.25 else middle,) for one in told
            ]
        return replace(side, answers=found)

    def found(self, humans: Side, simulated: Side, seed: int) -> FidelityResult:
        return fidelity_of(
            Comparison(humans, simulated, {}, self.scales), self.mapping, seed=seed
        )


def up(scale: Scale, code: str | None) -> str | None:
    if code is None:
        return None
    return scale.codes[min(scale.codes.index(code) + 1, len(scale.codes) - 1)]


def planted(options: argparse.Namespace, folder: Path) -> dict[str, float]:
    """How often what was planted is found, and what was not."""
    panel = Panel(options.data, folder)
    seen: dict[str, list[float]] = {}

    def note(name: str, values: Sequence[bool]) -> None:
        seen.setdefault(name, []).extend(float(one) for one in values)

    for seed in range(options.seeds):
        say(f"seed {seed + 1} of {options.seeds}")
        humans, others = panel.halves(seed)
        alike = panel.found(humans, others, seed)
        note("items: false alarms (moved)", [one.moved.beyond for one in alike.items if one.moved])
        note("items: false alarms (Jensen-Shannon)",
             [one.jensen_shannon.beyond for one in alike.items if one.jensen_shannon])  # fmt: skip
        note("all items together: false alarms", [bool(alike.moved and alike.moved.beyond)])
        note("groups: false alarms", [one.distance.beyond for one in alike.groups if one.distance])
        note("items in groups: false alarms",
             [clear(item) for one in alike.groups for item in one.items])  # fmt: skip
        note("inter-item correlations: false alarms",
             [bool(alike.correlations.root_mean_square
                   and alike.correlations.root_mean_square.beyond)])  # fmt: skip
        note("items: falsely called narrow", [one.under_dispersed for one in alike.items])
        biased = panel.found(humans, panel.shifted(others, "black"), seed)
        for one in biased.groups:
            if one.distance:
                where = "found in its group" if one.group == "black" else "false alarms elsewhere"
                note(f"bias of one group: {where}", [one.distance.beyond])
        narrow = panel.found(humans, panel.narrowed(others, seed), seed)
        note("halved spread: called narrow", [one.under_dispersed for one in narrow.items])
    return {name: float(np.mean(values)) for name, values in seen.items()}


def main() -> int:
    options = arguments()
    if not (options.data / "respondents.csv").is_file():
        print(f"there is no GSS panel in {options.data}: name its folder with --data",
              file=sys.stderr)  # fmt: skip
        return 2
    try:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            if options.planted:
                rates = planted(options, Path(folder))
                if options.json:
                    print(json.dumps(rates))
                else:
                    for name, rate in rates.items():
                        print(f"{name:<48} {rate:.3f}")
                return 0
            result = asyncio.run(measured(options, Path(folder)))
    except SimulacraError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    if options.out:
        page = alone(section_of(result), model=result.model, people=("GSS panel",))
        say(str(write_evaluation(page, options.out)))
    if options.json:
        print(result.model_dump_json())
    else:
        show(result)
    return 0


if __name__ == "__main__":
    sys.exit(main())
