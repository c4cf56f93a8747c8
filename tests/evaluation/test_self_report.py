import json
import random
from collections.abc import Callable

import pytest

from evaluation.self_report import SelfReportResult, instrument_of, pooled, result_of
from evaluation.self_report.section import section_of
from simulacra.domain.answer import Answer, Missing, MissingCode, Reply, Response
from simulacra.domain.call import Usage
from simulacra.domain.persona import Persona, SelfReportQuestion
from simulacra.domain.survey import Kind
from simulacra.errors import InputError
from simulacra.survey.orders import Draw
from simulacra.survey.parse import read_reply
from simulacra.survey.present import present
from tests.support.self_report import Given, guess, oracle, person

Respond = Callable[[SelfReportQuestion], Response]


def answered(
    persona: Persona, *, replicates: int = 1, seed: int = 0, **rules: Respond
) -> SelfReportResult:
    """What somebody scores who answers by a rule for each method."""
    pairs = list(zip(instrument_of(persona).items, persona.questions, strict=True))
    given = {
        method: Given(
            responses=[{item.id: rule(one) for item, one in pairs} for _ in range(replicates)],
            calls=len(pairs) * replicates,
            usage=Usage(tokens_in=90, tokens_out=10, tokens_cached=60),
            seconds=0.5 * len(pairs) * replicates,
            cost=0.25,
        )
        for method, rule in rules.items()
    }
    return result_of(persona, given, model="m", seed=seed)


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


def test_oracle_and_guesser_side_by_side() -> None:
    result = answered(person(), blank=guesser(4), cognitive=oracle, replicates=40, seed=9)
    blank, cognitive = result.methods
    assert (cognitive.score, cognitive.interval.low, cognitive.interval.high) == (100, 100, 100)
    assert cognitive.missing == {} and cognitive.calls == 600
    assert blank.interval.low < 17 < blank.interval.high
    assert blank.score == pytest.approx(17, abs=5)
    assert blank.missing == {-96: 200}
    assert result.chance == pytest.approx(17) and result.profile_ceiling == pytest.approx(56)


def test_subtotals_by_kind_and_basis() -> None:
    def knows_the_profile(question: SelfReportQuestion) -> Response:
        wrong = [code for code in question.options if code not in question.answer]
        right = question.basis == "profile"
        return oracle(question) if right else Answer(codes=tuple(wrong[: len(question.answer)]))

    result = answered(person(), profile=knows_the_profile)
    method = result.methods[0]
    assert method.score == pytest.approx(result.profile_ceiling) == pytest.approx(56)
    assert (method.profile.points, method.profile.maximum) == (28, 28)
    assert (method.story.points, method.story.maximum) == (0, 22)
    kinds = {name: (one.points, one.right, one.questions) for name, one in method.kinds.items()}
    assert kinds == {"cloze": (10, 5, 5), "single": (6, 3, 5), "multiple": (12, 2, 5)}


def test_the_same_seed_gives_the_same_result() -> None:
    results = [
        answered(person(), blank=guesser(1), seed=3)
        for _ in range(2)
    ]
    assert results[0] == results[1]


def test_json_holds_everything_and_no_objects() -> None:
    result = answered(person(), blank=guesser(1))
    told = json.loads(json.dumps(result.to_json()))
    assert told["methods"][0]["method"] == "blank"
    assert {"low", "high", "level"} == set(told["methods"][0]["interval"])
    assert len(told["methods"][0]["answers"][0]) == 15
    assert told["chance"] == pytest.approx(17)


def test_pooled_over_people() -> None:
    people = [person("ada"), person("bo"), person("cy")]
    rules: list[Respond] = [oracle, guesser(2), guesser(3)]
    results = [
        answered(one, cognitive=rule, replicates=2)
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


def test_only_alike_results_are_pooled() -> None:
    one = answered(person(), blank=oracle)
    two = answered(person(), profile=oracle)
    for results in ([one, two], []):
        with pytest.raises(ValueError, match="same methods"):
            pooled(results)


def test_every_method_answers_as_often() -> None:
    with pytest.raises(ValueError, match="as often"):
        result_of(person(), {}, model="m")


def knows_the_profile(question: SelfReportQuestion, rng: random.Random) -> Response:
    return oracle(question) if question.basis == "profile" else guess(question, rng)


def profile_knower(seed: int) -> Respond:
    rng = random.Random(seed)
    return lambda question: knows_the_profile(question, rng)


def test_who_knows_the_profile_scores_what_the_profile_gives() -> None:
    result = answered(person(), profile=profile_knower(3), replicates=60)
    method = result.methods[0]
    ceiling = result.profile_ceiling_with_guessing
    assert method.score == pytest.approx(ceiling, abs=4)
    assert method.interval.low < ceiling < method.interval.high
    assert method.profile.score.value == 100
    assert method.story.score.value == pytest.approx(method.story.chance, abs=8)
    assert "no more than the profile can give" in section_of([result]).findings[0]


def test_every_part_has_its_chance_and_what_the_profile_gives() -> None:
    method = answered(person(), blank=guesser(4), replicates=200).methods[0]
    single, multiple, cloze = (method.kinds[kind] for kind in ("single", "multiple", "cloze"))
    # One of four; hypergeometric for three keys of six; a cloze stays blank.
    assert (single.chance, cloze.chance) == (pytest.approx(25), 0)
    assert multiple.chance == pytest.approx(20)
    for part in (single, multiple, method.profile, method.story):
        assert part.score.value == pytest.approx(part.chance, abs=6)
        assert part.score.covers(part.chance or 0.0)
    assert (cloze.profile_ceiling, single.profile_ceiling) == (100, 60)
    assert (method.profile.profile_ceiling, method.story.profile_ceiling) == (100, 0)


def test_a_part_without_questions_says_so() -> None:
    only = [one for one in person().questions if one.basis == "profile"]
    story = answered(person(questions=only), blank=oracle).methods[0].story
    assert (story.score.value, story.score.why) == (None, "there are no such questions")
    assert story.chance is None


def test_methods_are_held_against_each_other_by_question() -> None:
    result = answered(
        person(), blank=guesser(1), profile=profile_knower(2), cognitive=oracle, replicates=8
    )
    found = {(one.method, one.than): one for one in result.differences}
    assert list(found) == [("profile", "blank"), ("cognitive", "blank"), ("cognitive", "profile")]
    most = found["cognitive", "profile"]
    blank, profile, cognitive = (one.score for one in result.methods)
    assert most.score.value == pytest.approx(cognitive - profile)
    assert found["profile", "blank"].score.value == pytest.approx(profile - blank)
    assert most.score.interval and most.score.interval.low > 0
    assert most.story.value == pytest.approx(
        100 - (result.methods[1].story.score.value or 0)
    )
    # All that both know cancels out: the pair is told apart better than the scores alone tell it.
    ends = most.score.ends or (0, 0)
    wide = result.methods[1].interval
    assert ends[1] - ends[0] <= wide.high - wide.low + 1e-9


def test_a_method_does_not_differ_from_itself() -> None:
    apart = answered(person(), blank=oracle, profile=oracle).differences[0].score
    assert (apart.value, apart.ends) == (0, (0, 0))


def test_the_section_says_what_was_found_and_how_far_it_goes() -> None:
    alike = answered(person(), blank=guesser(1), cognitive=oracle, replicates=3)
    section = section_of([alike, answered(person("bo"), blank=guesser(2), cognitive=oracle,
                                          replicates=3)])  # fmt: skip
    assert "not told from guessing" in section.findings[0]
    assert section.findings[1].startswith("cognitive: 100 (100 to 100) of 100, more than the")
    assert "Guessing earns 17, the profile alone 56 (65 with guesses" in section.findings[2]
    assert section.findings[3].startswith("cognitive scores +")
    assert [one.name for one in section.tables] == [
        "scores", "parts", "differences", "people", "questions",
    ]  # fmt: skip
    assert section.cost == 1.0
    assert section.drawings[0].svg.startswith("<svg")
    repeated = section_of([answered(person(), blank=oracle, replicates=3)])
    assert "Every replicate earned the same" in repeated.warnings[0]


def test_what_failed_is_no_finding_about_the_person() -> None:
    failed = answered(person(), blank=lambda _: Missing(code=MissingCode.TECHNICAL))
    assert "15 questions got no answer" in section_of([failed]).warnings[0]


ASKED = (
    SelfReportQuestion(
        id="pet", kind="single", text="What pet do you keep?", answer=("B",),
        options={"A": "A dog", "B": "A cat", "C": "A canary", "D": "A tortoise"},
    ),
    SelfReportQuestion(
        id="towns", kind="multiple", text="Where did you live?", answer=("A", "C", "F"),
        options={"A": "Graz", "B": "Linz", "C": "Wels", "D": "Steyr", "E": "Enns", "F": "Krems"},
    ),
    SelfReportQuestion(id="job", kind="cloze", text="What is your work?", answer=("baker",)),
)  # fmt: skip


@pytest.mark.parametrize(
    ("at", "reply", "points"),
    [
        (0, "B", 2), (0, "b", 2), (0, "b) A cat", 2), (0, "(B)", 2), (0, "The answer is b.", 2),
        (0, "A cat", 2), (0, "a cat", 2), (0, "A cat, of course.", 2), (0, "It is a cat.", 2),
        (0, "A", 0), (0, "A dog", 0), (0, "A parrot", 0), (0, "A good question!", 0),
        (1, "A, C, F", 6), (1, "a, c and f", 6), (1, "Graz, Wels and Krems", 6), (1, "a/c/f", 6),
        (1, "A, B, C", 2), (1, "Linz, Steyr, Enns", 0),
        (2, "I am a baker.", 2), (2, "A baker", 2), (2, "BAKER", 2), (2, "a butcher", 0),
    ],
)  # fmt: skip
def test_replies_are_read_as_people_write_them(at: int, reply: str, points: float) -> None:
    one = person(questions=[ASKED[at]])
    made = instrument_of(one)
    shown = present(made.items[0], made, Draw(1, 0, 1), {})
    response = read_reply(shown, Reply(text=reply))
    given = {"profile": Given(responses=[{"q01": response}])}
    assert result_of(one, given, model="m").methods[0].answers[0][0].points == points
