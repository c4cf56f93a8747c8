import json
import random
from collections.abc import Callable

import pytest

from evaluation.self_report import instrument_of, pooled, self_report
from simulacra.domain.answer import Answer, Response
from simulacra.domain.call import Usage
from simulacra.domain.persona import Persona, SelfReportQuestion
from simulacra.domain.survey import Instrument, Kind
from simulacra.errors import InputError
from tests.support.self_report import Given, guess, oracle, person

Respond = Callable[[SelfReportQuestion], Response]


class Asker:
    """Answers by a rule of its own for each method, and notes what it was asked."""

    def __init__(self, **rules: Respond) -> None:
        self.rules = rules
        self.asked: list[tuple[str, str, int, int]] = []

    async def __call__(
        self, instrument: Instrument, persona: Persona, method: str, replicates: int, seed: int
    ) -> Given:
        self.asked.append((persona.id, method, replicates, seed))
        rule = self.rules[method]
        pairs = list(zip(instrument.items, persona.questions, strict=True))
        return Given(
            responses=[{item.id: rule(one) for item, one in pairs} for _ in range(replicates)],
            calls=len(pairs) * replicates,
            usage=Usage(tokens_in=90, tokens_out=10, tokens_cached=60),
            seconds=0.5 * len(pairs) * replicates,
        )


def guesser(seed: int) -> Respond:
    rng = random.Random(seed)
    return lambda question: guess(question, rng)


def test_the_instrument_shows_questions_without_keys() -> None:
    made = instrument_of(person())
    assert [one.id for one in made.items] == [f"q{n:02d}" for n in range(1, 16)]
    kinds = [one.kind for one in made.items]
    assert kinds == [Kind.SHORT_TEXT] * 5 + [Kind.SINGLE] * 5 + [Kind.MULTI] * 5
    assert [one.code for one in made.items[10].options] == list("ABCDEF")
    assert made.items[10].choose == (3, 3) and made.items[5].choose is None
    assert not any(one.shuffle for one in made.items)
    assert "Value 1" not in made.model_dump_json()


def test_how_many_keys_there_are_is_told_for_each_question() -> None:
    two = SelfReportQuestion(
        id="x",
        kind="multiple",
        text="Which?",
        options=dict.fromkeys("ABCD", "o"),
        answer=("A", "D"),
    )
    assert instrument_of(person(questions=[two])).items[0].choose == (2, 2)


def test_a_persona_without_questions_is_refused() -> None:
    with pytest.raises(InputError, match="Ada has no self-report questions"):
        instrument_of(person(questions=[]))


async def test_oracle_and_guesser_side_by_side() -> None:
    asker = Asker(cognitive=oracle, blank=guesser(4))
    result = await self_report(
        person(), ["blank", "cognitive"], asker, model="scripted:x", replicates=40, seed=9
    )
    assert asker.asked == [("ada", "blank", 40, 9), ("ada", "cognitive", 40, 9)]
    blank, cognitive = result.methods
    assert (cognitive.score, cognitive.interval.low, cognitive.interval.high) == (100, 100, 100)
    assert cognitive.missing == {} and cognitive.calls == 600
    assert blank.interval.low < 17 < blank.interval.high
    assert blank.score == pytest.approx(17, abs=5)
    assert blank.missing == {-96: 200}
    assert result.chance == pytest.approx(17) and result.profile_ceiling == pytest.approx(56)


async def test_subtotals_by_kind_and_basis() -> None:
    def knows_the_profile(question: SelfReportQuestion) -> Response:
        wrong = [code for code in question.options if code not in question.answer]
        right = question.basis == "profile"
        return oracle(question) if right else Answer(codes=tuple(wrong[: len(question.answer)]))

    result = await self_report(person(), ["profile"], Asker(profile=knows_the_profile), model="m")
    method = result.methods[0]
    assert method.score == pytest.approx(result.profile_ceiling) == pytest.approx(56)
    assert (method.profile.points, method.profile.maximum) == (28, 28)
    assert (method.story.points, method.story.maximum) == (0, 22)
    kinds = {name: (one.points, one.right, one.questions) for name, one in method.kinds.items()}
    assert kinds == {"cloze": (10, 5, 5), "single": (6, 3, 5), "multiple": (12, 2, 5)}


async def test_the_same_seed_gives_the_same_result() -> None:
    results = [
        await self_report(person(), ["blank"], Asker(blank=guesser(1)), model="m", seed=3)
        for _ in range(2)
    ]
    assert results[0] == results[1]


async def test_json_holds_everything_and_no_objects() -> None:
    result = await self_report(person(), ["blank"], Asker(blank=guesser(1)), model="m")
    told = json.loads(json.dumps(result.to_json()))
    assert told["methods"][0]["method"] == "blank"
    assert {"low", "high", "level"} == set(told["methods"][0]["interval"])
    assert len(told["methods"][0]["answers"][0]) == 15
    assert told["chance"] == pytest.approx(17)


async def test_pooled_over_people() -> None:
    people = [person("ada"), person("bo"), person("cy")]
    rules: list[Respond] = [oracle, guesser(2), guesser(3)]
    results = [
        await self_report(one, ["cognitive"], Asker(cognitive=rule), model="m", replicates=2)
        for one, rule in zip(people, rules, strict=True)
    ]
    whole = pooled(results)
    assert whole.personas == ("ada", "bo", "cy") and whole.questions == 45
    method = whole.methods[0]
    assert method.score == pytest.approx(sum(one.methods[0].score for one in results) / 3)
    assert method.kinds["single"].questions == 15
    assert method.calls == 90 and method.tokens == 300
    assert method.interval.low < method.score < method.interval.high
    assert {one.question_id.split("/")[0] for one in method.answers[0]} == {"ada", "bo", "cy"}
    assert whole.chance == pytest.approx(17)


async def test_only_alike_results_are_pooled() -> None:
    one = await self_report(person(), ["blank"], Asker(blank=oracle), model="m")
    two = await self_report(person(), ["profile"], Asker(profile=oracle), model="m")
    for results in ([one, two], []):
        with pytest.raises(ValueError, match="same methods"):
            pooled(results)


@pytest.mark.parametrize("methods", [[], ["blank", "blank"]])
async def test_methods_are_named_once(methods: list[str]) -> None:
    with pytest.raises(InputError, match="each only once"):
        await self_report(person(), methods, Asker(), model="m")
