"""How much of real Qualtrics surveys is mapped, and how much is named in the report.

    python tests/benchmarks/qsf.py --data FOLDER [--json]

For each file and over all: how many questions, choices, conditions, branches, randomisers, fields,
loops, pipes and so on it holds, how many of them became part of the instrument and how many are
reported. ``lost`` is what is neither. The last line is one JSON object.
"""

import argparse
import json
import time
from pathlib import Path

from simulacra.survey.formats import read_instrument
from tests.support.qsf import Count, counts

LOGIC = ("display logic", "choice logic", "branches", "randomisers")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER", help="*.qsf")
    parser.add_argument("--json", action="store_true", help="print the last line only")
    return parser.parse_args()


def table(title: str, found: dict[str, Count]) -> str:
    rows = [
        f"  {name:28}{one.total:6}{one.mapped:8}{one.reported:10}{one.lost:6}"
        for name, one in found.items()
        if one.total
    ]
    return "\n".join([f"{title:30}{'total':>6}{'mapped':>8}{'reported':>10}{'lost':>6}", *rows])


def main() -> None:
    asked = arguments()
    together: dict[str, Count] = {}
    started = time.perf_counter()
    files = sorted(asked.data.glob("*.qsf"))
    for path in files:
        found = counts(path, *read_instrument(path))
        if not asked.json:
            print(table(path.stem, found))
        for name, one in found.items():
            together[name] = together.get(name, Count(0, 0, 0)) + one
    if not asked.json:
        print(table(f"all {len(files)} files", together))
    compiled = [together[name] for name in LOGIC if name in together]
    nodes = sum(one.total for one in compiled)
    print(
        json.dumps(
            {
                "files": len(files),
                "seconds": round(time.perf_counter() - started, 2),
                "lost": sum(one.lost for one in together.values()),
                "logic": nodes,
                "compiled": round(sum(one.mapped for one in compiled) / max(nodes, 1), 4),
                **{name: list(one[:3]) for name, one in together.items()},
            }
        )
    )


if __name__ == "__main__":
    main()
