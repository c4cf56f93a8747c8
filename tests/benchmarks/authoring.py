"""What the two strategies of writing a life take, side by side, at the same length.

    python tests/benchmarks/authoring.py [--json] [--words 10000] [--rounds 1]

Both write the same person to the same length by `simulacra persona write`'s own pipeline, one after
the other in each round (the order turns), with the same concurrency, against the test server, whose
novelist writes as much as it is asked for. Its latency model: a reply takes FIRST seconds, and
1/RATE seconds for each token of it (a token is four characters), however many are under way;
reading a prompt takes no time, which favours long prompts. The defaults are half a second and 60
tokens a second, twenty times as fast.

`story` is the stage of the story alone, `character` all stages from outline to facts. The outline
strategy reads the facts of its first wave while it tells the story; their time counts as the
story's, their tokens as those of the facts. `summaries` are the part of the tokens that `paper`
spends on choosing what to expand. Ratios are outline / paper; the bars are 0.40 of the prompt
tokens and 0.15 of the seconds of the story.
"""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from personas.authoring.pipeline import Progress
from personas.authoring.settings import Strategy, WriteSettings
from personas.authoring.work import WorkOptions, begin, write
from simulacra.domain.authoring import StageSum
from simulacra.domain.persona import Persona, Personality, Profile, Trait
from simulacra.settings import Settings
from simulacra.workspace import Workspace

ROOT = Path(__file__).parent.parent.parent
STRATEGIES: tuple[Strategy, ...] = ("outline", "paper")
BARS = {"story_prompt_tokens": 0.40, "story_seconds": 0.15}
SPED_UP = 20.0
FIRST, RATE = 0.5 / SPED_UP, 60.0 * SPED_UP


def main() -> None:
    """Measure and print."""
    options = _options()
    rounds: list[dict[str, Any]] = []
    for number in range(options.rounds):
        order = STRATEGIES if number % 2 == 0 else STRATEGIES[::-1]
        measured = {one: _measured(one, options) for one in order}
        rounds.append({one: measured[one] for one in STRATEGIES})
    results = {"strategies": _medians(rounds), "latency": {"first": FIRST, "rate": RATE}}
    results["ratios"] = _ratios(results["strategies"])
    if options.json:
        print(json.dumps(results))
        return
    _print(results)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    parser.add_argument("--words", type=int, default=10_000, help="words of the story")
    parser.add_argument("--rounds", type=int, default=1, help="rounds; medians are printed")
    parser.add_argument("--concurrency", type=int, default=16, help="calls at once")
    return parser.parse_args()


@contextmanager
def _server() -> Iterator[str]:
    """The test server as a process of its own; yields its base URL."""
    command = [
        *(sys.executable, "-m", "tests.support.openai_server", "--novelist"),
        *("--latency", str(FIRST), "--token-latency", str(1 / RATE)),
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["url"]
    finally:
        process.terminate()
        process.wait()


def _measured(strategy: Strategy, options: argparse.Namespace) -> dict[str, Any]:
    """One life, on a fresh server and a fresh workspace."""
    with tempfile.TemporaryDirectory() as folder, _server() as url:
        return asyncio.run(_life(strategy, Path(folder), url, options))


async def _life(
    strategy: Strategy, folder: Path, url: str, options: argparse.Namespace
) -> dict[str, Any]:
    settings = Settings(OPENAI_API_KEY="sk-no-key-needed", OPENAI_BASE_URL=url)
    workspace = Workspace.open(folder, settings=settings)
    person = workspace.personas.save(_person())
    asked = WriteSettings(words=options.words, strategy=strategy)
    work = begin(workspace, person, asked, "openai:novelist")
    clock = _Clock()
    written = await write(
        workspace,
        person,
        work,
        WorkOptions(concurrency=options.concurrency, auto_approve=True, by="benchmark"),
        heard=clock.heard,
    )
    seconds = clock.stopped()
    sums = workspace.authoring.sums(person.id)
    (story,) = [one for one in sums if one.stage == "story"]
    calls = workspace.authoring.calls(person.id, "story")
    summaries = sum(one.usage.tokens_in for one in calls if one.request.prompt_name == "summary")
    await workspace.aclose()
    return {
        "words": written.persona.story_words,
        "findings": len(written.findings),
        "story": {**_figures([story]), "summaries": summaries, "seconds": seconds["story"]},
        "character": {**_figures(sums), "seconds": sum(seconds.values())},
    }


def _person() -> Persona:
    """Somebody with a whole profile."""
    profile = Profile(
        gender="female",
        age=58,
        date_of_birth=date(1968, 2, 20),
        as_of=date(2026, 11, 1),
        occupation="lock keeper",
        education="vocational school",
        family="low-income family of five on a barge",
        place="Terneuzen, the Netherlands",
        culture="Dutch",
        languages=("Dutch", "French"),
        hobbies=("mending clocks", "rowing", "collecting bottle labels"),
        short_term_goals=("paint the boathouse", "learn to weld", "visit Liège"),
        long_term_goal="a barge of her own",
        attributes={"marital_status": "divorced", "handedness": "left"},
    )
    traits = (
        "I check a lock twice before I trust it.",
        "I would rather be early and cold than late and warm.",
        "I keep every letter, and answer few.",
        "I say what I think when I am asked twice.",
    )
    return Persona(
        id="anneke-visser",
        name="Anneke Visser",
        source="sample",
        profile=profile,
        personality=Personality(traits=tuple(Trait(text=one) for one in traits)),
    )


class _Clock:
    """Seconds by stage."""

    def __init__(self) -> None:
        self._stage, self._since = "", time.perf_counter()
        self._seconds: dict[str, float] = {}

    def heard(self, progress: Progress) -> None:
        """The writing got on."""
        now = time.perf_counter()
        if self._stage:
            self._seconds[self._stage] = self._seconds.get(self._stage, 0.0) + now - self._since
        self._stage, self._since = progress.stage, now

    def stopped(self) -> dict[str, float]:
        """The seconds once all is done."""
        self.heard(Progress(stage=self._stage))
        return self._seconds


def _figures(sums: Sequence[StageSum]) -> dict[str, Any]:
    calls = sum(one.calls for one in sums)
    prompt, made = sum(one.tokens_in for one in sums), sum(one.tokens_out for one in sums)
    return {
        "calls": calls,
        "prompt_tokens": prompt,
        "cached_tokens": sum(one.tokens_cached for one in sums),
        "generated_tokens": made,
        "prompt_tokens_per_call": prompt / calls,
        "generated_tokens_per_call": made / calls,
    }


def _medians(rounds: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The median of every figure, at its place."""
    first: Any = rounds[0]
    if isinstance(first, dict):
        return {key: _medians([one[key] for one in rounds]) for key in first}
    return statistics.median(rounds)  # type: ignore[type-var,return-value]


def _ratios(strategies: dict[str, Any]) -> dict[str, float]:
    outline, paper = strategies["outline"], strategies["paper"]
    return {
        f"{part}_{name}": outline[part][name] / paper[part][name]
        for part in ("story", "character")
        for name in ("calls", "prompt_tokens", "generated_tokens", "seconds")
    }


def _print(results: dict[str, Any]) -> None:
    print(f"{'':<30}{'outline':>12}{'paper':>12}{'ratio':>9}")
    strategies = results["strategies"]
    print(f"{'words':<30}" + "".join(f"{strategies[one]['words']:>12,}" for one in STRATEGIES))
    for part in ("story", "character"):
        for name in strategies["paper"][part]:
            figures = [strategies[one][part][name] for one in STRATEGIES]
            ratio = figures[0] / figures[1] if figures[1] else 0.0
            bar = BARS.get(f"{part}_{name}")
            shown = "".join(f"{one:>12,.1f}" for one in figures)
            told = f"   (bar: {bar:.2f})" if bar else ""
            print(f"{part + ' ' + name:<30}{shown}{ratio:>9.3f}{told}")


if __name__ == "__main__":
    main()
