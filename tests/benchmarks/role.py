"""Staying in role: how well tries are recognised, and what a model makes of them.

python tests/benchmarks/role.py --model embedded --limit 10

Without --model only the recogniser, the rules and the gate are measured, which need none; halves
"held out" were never looked at while these were written. An open gate costs a call, in which the
model reads the reply itself. With a model, a person of the library
is put every try, and questions that the person can and cannot answer; --limit takes the first N of
each list. A reply stays in role where the check of replies finds no fault in the first one; "given
up" are those that fell out of role twice and were not given. An answer is right where it holds one
of the words of its key.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from personas.library import library
from simulacra.cognition.gate import suspicions
from simulacra.cognition.probes import probe_of
from simulacra.cognition.respondent import Respondent
from simulacra.cognition.role import fault_of
from simulacra.domain.answer import Missing, MissingCode, Reply, Response
from simulacra.domain.run import Mechanism
from simulacra.domain.survey import Kind, Question
from simulacra.errors import BadReply, SimulacraError
from simulacra.seeds import seed_of
from simulacra.sentences import sentences_of
from simulacra.survey.parse import read_reply
from simulacra.workspace import Workspace
from tests.support.roles import approaches, document, exchanges

SETS = ("tries", "paraphrases", "unseen")
ROLES = {"out": "out of role", "in": "in role"}
HALVES = {"dev": "looked at", "held": "held out"}
DECLINED = (MissingCode.DONT_KNOW, MissingCode.REFUSED)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", metavar="SPEC", help="ask this model, too")
    parser.add_argument("--method", default="cognitive", metavar="LABEL")
    parser.add_argument("--limit", type=int, metavar="N", help="the first N of each list")
    parser.add_argument("--seed", type=int, default=0, metavar="S")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    return parser.parse_args()


def tries_of(name: str) -> list[tuple[str, str]]:
    return [
        (kind, text)
        for kind, texts in document(name).items()
        if kind != "harmless"
        for text in texts
    ]


def recogniser() -> dict[str, Any]:
    """Recall by set, and precision over all tries and everyday questions."""
    found: dict[str, Any] = {}
    hits = 0
    for name in SETS:
        pairs = tries_of(name)
        seen = [probe_of(text) for _, text in pairs]
        hits += sum(probe is not None for probe in seen)
        found[name] = {
            "tries": len(pairs),
            "recognised": sum(probe is not None for probe in seen),
            "of_their_kind": sum(
                probe == kind for probe, (kind, _) in zip(seen, pairs, strict=True)
            ),
        }
    knowledge = document("knowledge")
    everyday = {
        "harmless": document("harmless"),
        "harmless, unseen": document("unseen")["harmless"],
        "knowledge": [one["text"] for one in knowledge["answerable"]] + knowledge["unanswerable"],
        "library": [one.text for person in library() for one in person.questions],
    }
    false = {
        name: sum(probe_of(text) is not None for text in texts) for name, texts in everyday.items()
    }
    found["everyday"] = {
        name: {"questions": len(texts), "taken_for_tries": false[name]}
        for name, texts in everyday.items()
    }
    found["precision"] = hits / (hits + sum(false.values()))
    return found


def gate() -> dict[str, Any]:
    """Replies and messages by half: how many the rules know, and for how many the gate opens.

    Everyday lines are the sentences of the library's stories and the questions about them.
    """
    told: dict[str, Any] = {}
    for part, halves in exchanges().items():
        for half, some in halves._asdict().items():
            rules = [bool(fault_of(one.said, "", "")) for one in some]
            opened = [bool(suspicions(one.said, one.asked)) for one in some]
            told[f"replies {ROLES[part]}, {HALVES[half]}"] = _counted(rules, opened)
    for part, halves in approaches().items():
        for half, some in halves._asdict().items():
            rules = [probe_of(one) is not None for one in some]
            opened = [bool(suspicions("", one)) for one in some]
            told[f"{part}, {HALVES[half]}"] = _counted(rules, opened)
    lines = [line for person in library() for line in sentences_of(person.story)]
    told["sentences of the library's stories"] = _counted(
        [bool(fault_of(one, "", "")) for one in lines], [bool(suspicions(one, "")) for one in lines]
    )
    asked = [one.text for person in library() for one in person.questions]
    told["questions of the library"] = _counted(
        [probe_of(one) is not None for one in asked], [bool(suspicions("", one)) for one in asked]
    )
    return told


def _counted(rules: Sequence[bool], opened: Sequence[bool]) -> dict[str, int]:
    either = sum(known or suspect for known, suspect in zip(rules, opened, strict=True))
    return {"of": len(rules), "rules": sum(rules), "gate": sum(opened), "either": either}


class Interviewer:
    """Puts single questions to one person, each in an interview of its own."""

    def __init__(self, respondent: Respondent, seed: int, temperature: float) -> None:
        self._respondent, self._seed, self._temperature = respondent, seed, temperature

    async def ask(self, text: str, kind: Kind) -> tuple[Reply | None, Response | None, int]:
        """The reply and what it counts as, None where it was given up; how often it was spoken."""
        question = Question(item_id="q", kind=kind, text=text)
        try:
            reply = await self._respondent.ask(
                question,
                self._respondent.opening(),
                seed=seed_of(self._seed, text),
                temperature=self._temperature,
            )
        except BadReply as error:
            return None, None, _spoken(error.calls)
        return reply, read_reply(question, reply), _spoken(reply.calls)


def _spoken(calls: Sequence[Any]) -> int:
    return sum(call.request.agent == "top" for call in calls)


async def behaviour(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """What a model makes of tries, and of questions within and beyond the person's life."""
    knowledge = document("knowledge")
    workspace = Workspace.open(folder)
    model = workspace.model(options.model)
    person = next(one for one in library() if one.id == knowledge["persona"])
    respondent = workspace.respondent(person, Mechanism.named(options.method), model)
    interviewer = Interviewer(respondent, options.seed, model.info.default_temperature)
    limit = options.limit
    try:
        found: dict[str, Any] = {"model": options.model, "method": options.method}
        for name in SETS:
            texts = [text for _, text in tries_of(name)][:limit]
            found[name] = await _held(interviewer, texts)
        found["answerable"] = await _known(interviewer, knowledge["answerable"][:limit])
        found["unanswerable"] = await _unknown(interviewer, knowledge["unanswerable"][:limit])
        return found
    finally:
        await workspace.aclose()


async def _held(interviewer: Interviewer, texts: Sequence[str]) -> dict[str, Any]:
    first = given_up = 0
    replies = {}
    for text in texts:
        reply, _, spoken = await interviewer.ask(text, Kind.LONG_TEXT)
        first += spoken == 1 and reply is not None
        given_up += reply is None
        replies[text] = reply.text if reply else None
        print(f"{text} -> {replies[text]}", file=sys.stderr)
    return {"tries": len(texts), "in_role": first, "given_up": given_up, "replies": replies}


async def _known(
    interviewer: Interviewer, questions: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    right = refused = 0
    replies = {}
    for one in questions:
        reply, response, _ = await interviewer.ask(one["text"], Kind.SHORT_TEXT)
        replies[one["text"]] = said = reply.text if reply else ""
        right += any(word in said.casefold() for word in one["accept"])
        refused += isinstance(response, Missing) and response.code in DECLINED
        print(f"{one['text']} -> {said}", file=sys.stderr)
    return {
        "questions": len(questions), "right": right, "false_refusals": refused, "replies": replies,
    }  # fmt: skip


async def _unknown(interviewer: Interviewer, texts: Sequence[str]) -> dict[str, Any]:
    honest = 0
    replies = {}
    for text in texts:
        reply, response, _ = await interviewer.ask(text, Kind.SHORT_TEXT)
        honest += isinstance(response, Missing) and response.code in DECLINED
        replies[text] = reply.text if reply else None
        print(f"{text} -> {replies[text]}", file=sys.stderr)
    return {"questions": len(texts), "honest": honest, "replies": replies}


def show(result: Mapping[str, Any]) -> None:
    found = result["recogniser"]
    for name in SETS:
        one = found[name]
        print(f"{name}: {one['recognised']} of {one['tries']} recognised "
              f"({one['of_their_kind']} as what they are)")  # fmt: skip
    for name, one in found["everyday"].items():
        print(f"{name}: {one['taken_for_tries']} of {one['questions']} taken for tries")
    print(f"precision {found['precision']:.2f}\n")
    print(f"{'':<36} {'of':>5} {'rules':>6} {'gate':>6} {'either':>6}")
    for name, one in result["gate"].items():
        print(f"{name:<36} {one['of']:>5} {one['rules']:>6} {one['gate']:>6} {one['either']:>6}")
    if (told := result.get("behaviour")) is None:
        return
    print(f"{told['method']} on {told['model']}")
    for name in SETS:
        one = told[name]
        print(f"{name}: {one['in_role']} of {one['tries']} in role at once, "
              f"{one['given_up']} given up")  # fmt: skip
    known, unknown = told["answerable"], told["unanswerable"]
    print(f"can answer: {known['right']} of {known['questions']} right, "
          f"{known['false_refusals']} false refusals")  # fmt: skip
    print(f"cannot answer: {unknown['honest']} of {unknown['questions']} say so")


def main() -> int:
    options = arguments()
    result: dict[str, Any] = {"recogniser": recogniser(), "gate": gate()}
    if options.model:
        try:
            with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
                result["behaviour"] = asyncio.run(behaviour(options, Path(folder)))
        except SimulacraError as error:
            print(error, file=sys.stderr)
            return error.exit_code
    if options.json:
        print(json.dumps(result, ensure_ascii=False))
    else:
        show(result)
    return 0


if __name__ == "__main__":
    sys.exit(main())
