"""How much of a client's own speed a study keeps, against a local server with a fixed latency.

    python tests/benchmarks/throughput.py [--json] [--rounds 3] [--latency 0.2]

Measured side by side, in rounds: a bare loop over ``AsyncOpenAI`` (on its default transport and on
the aiohttp one) and runs of the method ``profile``, with equal numbers in flight and equal request
bodies; the rate of a run with many personas against one with few; calls and depth of ``cognitive``.
The server is a process of its own on this machine and takes its share of the processors: measure on
a quiet machine, or the ratios say little.
"""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from openai import AsyncOpenAI, DefaultAioHttpClient

from simulacra.domain.persona import Persona, Profile, Trait
from simulacra.domain.run import Method, RunStatus
from simulacra.domain.survey import Instrument, Item, Kind, Option
from simulacra.settings import Settings
from simulacra.workspace import Workspace

ROOT = Path(__file__).parent.parent.parent
BARS = {"share_at_100": 0.7, "share_at_400": 0.6, "many_to_few": 0.9}
KEY = "sk-no-key-needed"


def main() -> None:
    """Measure and print."""
    options = _options()
    with tempfile.TemporaryDirectory() as folder, server(options.latency) as url:
        results = asyncio.run(measure(url, Path(folder), options))
    if options.json:
        print(json.dumps(results))
        return
    for name, value in results.items():
        bar = f"   (bar: {BARS[name]:.2f})" if name in BARS else ""
        print(f"{name:<28} {value:>10.2f}{bar}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each comparison")
    parser.add_argument("--latency", type=float, default=0.2, help="seconds of the server")
    parser.add_argument("--answers", type=int, default=4000, help="answers of one measured run")
    parser.add_argument("--many", type=int, default=2000, help="personas of the large run")
    parser.add_argument(
        "--only", choices=["share", "people", "cognitive"], help="one of the three parts"
    )
    return parser.parse_args()


@contextmanager
def server(latency: float) -> Iterator[str]:
    """The test server in a process of its own; yields its base URL."""
    script = str(ROOT / "tests" / "support" / "openai_server.py")
    command = [sys.executable, script, "--port", "0", "--latency", str(latency)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["url"]
    finally:
        process.terminate()
        process.wait()


async def measure(url: str, folder: Path, options: argparse.Namespace) -> dict[str, float]:
    """All figures: rates in answers (or calls) a second, shares as ratios of medians."""
    settings = Settings(openai_base_url=url, openai_api_key=KEY)
    results: dict[str, float] = {}
    with Workspace.open(folder, settings=settings) as workspace:
        for number in range(max(options.many, 400)):
            workspace.personas.save(character(number))
        body = await _body(workspace)
        if options.only in (None, "share"):
            for in_flight in (100, 400):
                results |= await _shares(workspace, url, body, in_flight, options)
        if options.only in (None, "people"):
            results |= await _people(workspace, options)
        if options.only in (None, "cognitive"):
            results |= await _cognitive(workspace, options.latency)
        await workspace.aclose()
    return results


async def _shares(
    workspace: Workspace,
    url: str,
    body: dict[str, Any],
    in_flight: int,
    options: argparse.Namespace,
) -> dict[str, float]:
    rates: dict[str, list[float]] = {"bare": [], "bare_aiohttp": [], "profile": []}
    for _ in range(options.rounds):
        async with AsyncOpenAI(base_url=url, api_key=KEY, max_retries=0) as client:
            rates["bare"].append(await bare(client, body, options.answers, in_flight))
        http = DefaultAioHttpClient()
        async with AsyncOpenAI(
            base_url=url, api_key=KEY, max_retries=0, http_client=http
        ) as client:
            rates["bare_aiohttp"].append(await bare(client, body, options.answers, in_flight))
        people = min(400, in_flight * 2)
        items = max(1, options.answers // people)
        rates["profile"].append(await rate(workspace, people, items, in_flight))
    found = {f"{name}_at_{in_flight}": statistics.median(some) for name, some in rates.items()}
    ours = found[f"profile_at_{in_flight}"]
    return {
        **found,
        f"share_at_{in_flight}": ours / found[f"bare_at_{in_flight}"],
        f"share_of_aiohttp_at_{in_flight}": ours / found[f"bare_aiohttp_at_{in_flight}"],
    }


async def _people(workspace: Workspace, options: argparse.Namespace) -> dict[str, float]:
    few, many = [], []
    repeats = options.many // 50
    for _ in range(options.rounds):
        few.append(await rate(workspace, 50, 4, 100, replicates=repeats))
        many.append(await rate(workspace, 50 * repeats, 4, 100))
    ratio = statistics.median(many) / statistics.median(few)
    return {
        "rate_few_people": statistics.median(few),
        "rate_many_people": statistics.median(many),
        "many_to_few": ratio,
    }


async def _cognitive(workspace: Workspace, latency: float) -> dict[str, float]:
    items = 10
    await workspace.run(_planned(workspace, 1, 1, 1, method="cognitive"))  # loads the memory index
    run_id = _planned(workspace, 1, items, 1, method="cognitive")
    started = time.perf_counter()
    summary = await workspace.run(run_id)
    seconds = time.perf_counter() - started
    return {
        "cognitive_calls_an_answer": summary.calls / items,
        "cognitive_depth": seconds / items / latency,
    }


async def bare(client: AsyncOpenAI, body: dict[str, Any], calls: int, in_flight: int) -> float:
    """Calls a second of a plain loop."""
    numbers = iter(range(calls))

    async def worker() -> None:
        for number in numbers:
            await client.chat.completions.create(**{**body, "seed": number})

    started = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(in_flight)))
    return calls / (time.perf_counter() - started)


async def rate(
    workspace: Workspace, people: int, items: int, in_flight: int, replicates: int = 1
) -> float:
    """Answers a second of a run of ``profile``."""
    run_id = _planned(workspace, people, items, in_flight, replicates=replicates)
    started = time.perf_counter()
    summary = await workspace.run(run_id)
    seconds = time.perf_counter() - started
    assert summary.status is RunStatus.DONE and summary.missing == 0
    return summary.done / seconds


def _planned(
    workspace: Workspace,
    people: int,
    items: int,
    in_flight: int,
    *,
    replicates: int = 1,
    method: Method = "profile",
) -> str:
    return workspace.plan(
        questionnaire(items),
        ",".join(f"person-{number:05}" for number in range(people)),
        name="throughput",
        method=method,
        model="openai:bench",
        replicates=replicates,
        seed=time.time_ns() % 2**31,
        temperature=1.0,
        concurrency=in_flight,
        max_cost=None,
    )


async def _body(workspace: Workspace) -> dict[str, Any]:
    """A request as ``profile`` sends it, for the bare loop."""
    run_id = _planned(workspace, 1, 1, 1)
    await workspace.run(run_id)
    (_, cell), *_ = workspace.runs.records(run_id)
    request = cell.replies[0].calls[0].request
    body: dict[str, Any] = {
        "model": "bench",
        "messages": [{"role": one.role, "content": one.text} for one in request.messages],
        "max_tokens": request.max_tokens,
        "temperature": request.temperature,
    }
    if request.output is not None:
        body["response_format"] = {
            "type": "json_schema",
            "json_schema": {
                "name": request.output.name,
                "schema": request.output.definition,
                "strict": True,
            },
        }
    return body


def questionnaire(items: int) -> Instrument:
    """Rating items with five options."""
    labels = ("Strongly disagree", "Disagree", "Neither", "Agree", "Strongly agree")
    options = tuple(Option(code=str(code), label=label) for code, label in enumerate(labels, 1))
    return Instrument(
        id="throughput",
        items=tuple(
            Item(
                id=f"q{number}", kind=Kind.RATING, text=f"I like number {number}.", options=options
            )
            for number in range(items)
        ),
    )


def character(number: int) -> Persona:
    """A person with a short biography."""
    return Persona(
        id=f"person-{number:05}",
        name=f"Person {number}",
        source="sample",
        profile=Profile(gender="female", age=20 + number % 60, occupation="clerk"),
        personality={"traits": [Trait(text=f"I count to {number} before I speak.")]},
        biography=f"Person {number} has lived in house {number} for years. " * 10,
    )


if __name__ == "__main__":
    main()
