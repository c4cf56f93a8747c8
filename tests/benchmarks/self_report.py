"""Self report of every character in a folder: does a respondent know who it is?

python tests/benchmarks/self_report.py --characters FOLDER --methods profile,cognitive:fused

A method is blank, profile, retrieval or cognitive; cognitive may be followed by :fused and by
:without-AGENT or :without-AGENT+AGENT (emotion, planning, memory). Seconds are those of waiting for
one answer on its longest path: recalling, the slower of feeling and planning, speaking.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from pathlib import Path

from evaluation.asking import Asking
from evaluation.figures import method_panel
from evaluation.self_report import SelfReportResult, pooled
from evaluation.self_report.runs import SelfReportStudy
from personas.formats.imports import import_persona
from simulacra.domain.run import METHODS, Mechanism, PersonaRef
from simulacra.errors import SimulacraError
from simulacra.runs.progress import Progress
from simulacra.workspace import Workspace

ALL = (
    *METHODS,
    "cognitive:fused",
    *(f"cognitive:without-{agent}" for agent in ("emotion", "planning", "memory")),
)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--characters",
        type=Path,
        required=True,
        metavar="FOLDER",
        help="a folder in the Human Simulacra layout, or a persona pack",
    )
    parser.add_argument("--model", default="embedded", metavar="SPEC")
    parser.add_argument(
        "--methods", default=",".join(ALL), help="some of %(default)s, or others, with commas"
    )
    parser.add_argument("--replicates", type=int, default=1, metavar="N")
    parser.add_argument("--seed", type=int, default=0, metavar="S")
    parser.add_argument("--figure", type=Path, metavar="FILE", help="write the scores as an SVG")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    return parser.parse_args()


def methods_of(text: str) -> list[Mechanism]:
    return [Mechanism.named(one) for one in text.split(",") if one.strip()]


async def measure(options: argparse.Namespace, folder: Path) -> list[SelfReportResult]:
    workspace = Workspace.open(folder)
    people = [workspace.personas.save(one) for one in import_persona(options.characters)]
    asking = Asking(
        people=tuple(PersonaRef(id=one.id, version=one.version) for one in people),
        model=options.model,
        replicates=options.replicates,
        seed=options.seed,
    )
    told: set[str] = set()

    def heard(part: str, _: Progress) -> None:
        if part not in told:
            told.add(part)
            print(part, file=sys.stderr)

    try:
        return await SelfReportStudy(workspace, asking, methods_of(options.methods)).measure(heard)
    finally:
        await workspace.aclose()


def show(results: list[SelfReportResult], whole: SelfReportResult) -> None:
    print(
        f"{len(results)} characters, {whole.questions} questions, {whole.replicates} replicates, "
        f"model {whole.model}"
    )
    print(
        f"chance {whole.chance:.1f}, profile ceiling {whole.profile_ceiling:.1f} "
        f"({whole.profile_ceiling_with_guessing:.1f} with guesses at the rest)"
    )
    print(
        f"{'':<28} {'':>6} {'':>15} {'calls':>6} {'prompt tokens':>14} {'':>7}\n"
        f"{'method':<28} {'score':>6} {'95% interval':>15} {'':>6} {'new':>6} {'cached':>7} "
        f"{'s':>7}   per answer"
    )
    for method in whole.methods:
        interval = f"{method.interval.low:.1f} to {method.interval.high:.1f}"
        one = method.per_answer()
        print(
            f"{method.method:<28} {method.score:>6.1f} {interval:>15} {one.calls:>6.2f} "
            f"{one.new_tokens:>6.0f} {one.cached_tokens:>7.0f} {one.seconds:>7.2f}"
        )
    print()
    for method in whole.methods:
        parts = {**method.kinds, "profile": method.profile, "story": method.story}
        points = ", ".join(
            f"{name} {one.points:.1f}/{one.maximum:g}" for name, one in parts.items()
        )
        scores = ", ".join(
            f"{result.personas[0]} {found.score:.1f}"
            for result in results
            for found in result.methods
            if found.method == method.method
        )
        print(f"{method.method}: {points}; missing {method.missing or 'none'}\n  {scores}")


def figure(whole: SelfReportResult) -> str:
    """The scores with their intervals, chance and what the profile alone gives."""
    rows = [(one.method, one.score, one.interval.low, one.interval.high) for one in whole.methods]
    levels = {"chance": whole.chance, "profile": whole.profile_ceiling}
    label = "Self report: " + "; ".join(f"{name} {score:.1f}" for name, score, _, _ in rows)
    return method_panel(rows, levels, key="self-report", label=label)


def main() -> int:
    options = arguments()
    try:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            results = asyncio.run(measure(options, Path(folder)))
    except SimulacraError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    whole = pooled(results)
    if options.figure:
        options.figure.write_text(figure(whole), encoding="utf-8")
    if options.json:
        characters = [one.to_json() for one in results]
        print(json.dumps({"all": whole.to_json(), "characters": characters}))
    else:
        show(results, whole)
    return 0


if __name__ == "__main__":
    sys.exit(main())
