"""How fast people are drawn to margins and stored, and how well they fit.

    python tests/benchmarks/population.py [--json] [--people 1000 10000]

Each sample is drawn to margins of age, gender and education of the script's own, with a
personality each, and stored in a fresh workspace; the time runs from the margins file to the last
person stored. The seconds of the processor leave out what other programs took meanwhile.
Another figure is the time to list everybody. The ratio compares the seconds a person of the largest
sample with those of the smallest: about 1, or less, is as it should be.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path

from personas.personality.draw import draw_personality
from personas.population.ids import with_ids
from personas.population.margins import read_margins
from personas.population.sample import sample
from simulacra.workspace import Workspace

BARS = {"seconds_at_10000": 30.0, "largest_error_at_1000": 0.5}
MARGINS = """variable,category,share
gender,female,50.8
gender,male,48.7
gender,non-binary,0.5
age,18-24,11.2
age,25-34,16.9
age,35-44,16.4
age,45-54,15.7
age,55-64,16.5
age,65-74,13.3
age,75+,10.0
education,ISCED 0-2,21.3
education,ISCED 3-4,44.1
education,ISCED 5,7.6
education,ISCED 6,16.2
education,ISCED 7-8,10.8
"""


def main() -> None:
    """Measure and print."""
    options = _options()
    results: dict[str, float] = {}
    for number in options.people:
        with tempfile.TemporaryDirectory() as folder:
            results |= measure(number, options.seed, Path(folder))
    few, many = min(options.people), max(options.people)
    each = {n: results[f"seconds_at_{n}"] / n for n in (few, many)}
    results["seconds_a_person_many_to_few"] = each[many] / each[few]
    if options.json:
        print(json.dumps(results))
        return
    for name, value in results.items():
        bar = f"   (bar: {BARS[name]:g})" if name in BARS else ""
        print(f"{name:<32} {value:>12,.3f}{bar}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    parser.add_argument(
        "--people", type=int, nargs="+", default=[1000, 10_000], help="sizes of the samples"
    )
    parser.add_argument("--seed", type=int, default=7, help="seed of the samples")
    return parser.parse_args()


def measure(number: int, seed: int, folder: Path) -> dict[str, float]:
    """Seconds, people a second, largest margin error in points, seconds to list everybody."""
    path = folder / "margins.csv"
    path.write_text(MARGINS, encoding="utf-8")
    with Workspace.open(folder / "workspace") as workspace:
        started, busy = time.perf_counter(), time.process_time()
        drawn = sample(number, seed, margins=read_margins(path), personality=draw_personality)
        done = time.perf_counter() - started
        people, new = with_ids(drawn.personas, workspace.personas.hashes())
        workspace.personas.save_all(new)
        seconds = time.perf_counter() - started
        busy = time.process_time() - busy
        started = time.perf_counter()
        listed = workspace.personas.list()
        listing = time.perf_counter() - started
    assert len({one.id for one in people}) == len(listed) == number
    return {
        f"seconds_at_{number}": seconds,
        f"processor_seconds_at_{number}": busy,
        f"seconds_drawing_at_{number}": done,
        f"people_a_second_at_{number}": number / seconds,
        f"largest_error_at_{number}": drawn.report.largest_error or 0.0,
        f"effective_size_at_{number}": drawn.report.effective_size,
        f"seconds_to_list_at_{number}": listing,
    }


if __name__ == "__main__":
    main()
