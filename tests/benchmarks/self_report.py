"""Self report of every character in a folder: does a respondent know who it is?

python tests/benchmarks/self_report.py --characters FOLDER --methods profile,cognitive
"""

import argparse
import asyncio
import json
import sys
import tempfile
from pathlib import Path
from typing import cast

from evaluation.self_report import Answers, SelfReportResult, pooled, self_report
from personas.formats.imports import import_persona
from simulacra.domain.persona import Persona
from simulacra.domain.run import METHODS, Method
from simulacra.domain.survey import Instrument
from simulacra.errors import InputError, SimulacraError
from simulacra.workspace import Workspace


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
        "--methods", default=",".join(METHODS), help="some of %(default)s, with commas"
    )
    parser.add_argument("--replicates", type=int, default=1, metavar="N")
    parser.add_argument("--seed", type=int, default=0, metavar="S")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    return parser.parse_args()


def methods_of(text: str) -> list[Method]:
    named = [one.strip() for one in text.split(",") if one.strip()]
    if unknown := sorted(set(named) - set(METHODS)):
        raise InputError(f"no method {unknown[0]}; there are {', '.join(METHODS)}")
    return [cast(Method, one) for one in named]


async def measure(options: argparse.Namespace, folder: Path) -> list[SelfReportResult]:
    methods = methods_of(options.methods)
    workspace = Workspace.open(folder)
    people = [workspace.personas.save(one) for one in import_persona(options.characters)]

    async def ask(
        instrument: Instrument, persona: Persona, method: Method, replicates: int, seed: int
    ) -> Answers:
        print(f"{persona.name}: {method}", file=sys.stderr)
        return await workspace.answer(instrument, persona, method, options.model, replicates, seed)

    try:
        return [
            await self_report(
                persona,
                methods,
                ask,
                model=options.model,
                replicates=options.replicates,
                seed=options.seed,
            )
            for persona in people
        ]
    finally:
        await workspace.aclose()


def show(results: list[SelfReportResult], whole: SelfReportResult) -> None:
    print(f"{len(results)} characters, {whole.questions} questions, model {whole.model}")
    print(
        f"chance {whole.chance:.1f}, profile ceiling {whole.profile_ceiling:.1f} "
        f"({whole.profile_ceiling_with_guessing:.1f} with guesses at the rest)"
    )
    print(f"{'method':<10} {'score':>6} {'95% interval':>14}  points by kind and basis")
    for method in whole.methods:
        interval = f"{method.interval.low:.1f} to {method.interval.high:.1f}"
        parts = {**method.kinds, "profile": method.profile, "story": method.story}
        points = ", ".join(
            f"{name} {one.points:.1f}/{one.maximum:g}" for name, one in parts.items()
        )
        single = method.kinds["single"]
        print(f"{method.method:<10} {method.score:>6.1f} {interval:>14}  {points}")
        print(
            f"{'':<10} single right {single.right:.1f} of {single.questions}, missing "
            f"{method.missing or 'none'}, {method.calls} calls, {method.tokens} tokens"
        )
    for one in results:
        scores = ", ".join(f"{method.method} {method.score:.1f}" for method in one.methods)
        print(f"  {one.personas[0]}: {scores}")


def main() -> int:
    options = arguments()
    try:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            results = asyncio.run(measure(options, Path(folder)))
    except SimulacraError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    whole = pooled(results)
    if options.json:
        characters = [one.to_json() for one in results]
        print(json.dumps({"all": whole.to_json(), "characters": characters}))
    else:
        show(results, whole)
    return 0


if __name__ == "__main__":
    sys.exit(main())
