"""The emotion agent: scales, names, and what is no appraisal."""

import json
from typing import Any

import pytest

from simulacra.cognition.context import Priors
from simulacra.cognition.emotion_agent import _CIRCUMPLEX, Appraisal
from simulacra.cognition.respondent import Respondent
from simulacra.domain.answer import Reply
from simulacra.domain.call import Request
from simulacra.domain.emotion import EMOTIONS, EmotionalState, baseline_of
from simulacra.domain.run import Mechanism
from simulacra.domain.survey import Kind
from simulacra.errors import BadReply
from simulacra.llm.structured import MisfitReply, output_schema
from simulacra.memory.exact import ExactIndex
from simulacra.memory.recall import Recaller
from tests.support.embedders import HashEmbedder
from tests.support.minds import APPRAISAL, FakeModel, exchanged, question, respondent, small
from tests.support.people import another, ilka

# What is left at the first question of an interview that was given the neutral mood.
MOOD = EmotionalState().decayed(baseline_of(ilka().personality.domain_levels()))
JOY = {"name": "joy", "intensity": 1, "cause": "the sun"}


async def appraised(model: FakeModel) -> Reply:
    return await respondent(model).ask(
        question(Kind.LONG_TEXT), exchanged(), seed=3, temperature=0.6
    )


async def felt(**changes: Any) -> EmotionalState:
    reply = await appraised(FakeModel({"emotion": json.dumps({**APPRAISAL, **changes})}))
    assert reply.emotion is not None
    return reply.emotion


def told(**changes: Any) -> EmotionalState:
    return Appraisal.model_validate({**APPRAISAL, **changes}).state


@pytest.mark.parametrize(("said", "valence"), [(-5, -1.0), (-2, -0.4), (0, 0.0), (5, 1.0)])
def test_valence_is_mapped_to_minus_one_to_one(said: int, valence: float) -> None:
    assert told(valence=said).valence == pytest.approx(valence)


@pytest.mark.parametrize(("said", "arousal"), [(0, 0.0), (4, 0.4), (10, 1.0)])
def test_arousal_is_mapped_to_zero_to_one(said: int, arousal: float) -> None:
    assert told(arousal=said).arousal == pytest.approx(arousal)


async def test_names_causes_and_the_sentence_are_kept() -> None:
    named = [
        {"name": "pride", "intensity": 7, "cause": "the hens "},
        {"name": "shame", "intensity": 0, "cause": "nobody"},
        {"name": "joy", "intensity": 2, "cause": ""},
    ]
    state = await felt(emotions=named, feeling="  Warm and a bit ashamed. ")
    assert state.intensities == {"pride": 7, "joy": 2}
    assert state.sources == {"pride": "the hens"}
    assert state.feeling == "Warm and a bit ashamed."


async def test_an_appraisal_moves_the_mood_that_was_there() -> None:
    reply = await appraised(FakeModel())  # an interview that begins with the neutral mood
    away = EmotionalState().decayed(baseline_of(ilka().personality.domain_levels()))
    assert reply.emotion is not None
    assert reply.emotion.valence == pytest.approx(0.3 * away.valence + 0.7 * -0.4, abs=1e-3)
    assert reply.emotion.arousal == pytest.approx(0.3 * away.arousal + 0.7 * 0.4, abs=1e-3)
    assert reply.emotion.sources == {"fear": "the water"}


async def test_what_was_felt_before_fades_and_stays_beside_what_is_new() -> None:
    angry = EmotionalState(intensities={"anger": 8, "joy": 0.6}, sources={"anger": "the letter"})
    state = exchanged(("Why?", "No.")).model_copy(update={"emotion": angry})
    reply = await respondent(FakeModel()).ask(question(), state, seed=1, temperature=0)
    assert reply.emotion is not None
    assert reply.emotion.intensities == {"anger": 5.7, "fear": 3}
    assert reply.emotion.sources == {"anger": "the letter", "fear": "the water"}
    shown = reply.calls[0].request.messages[1].text
    assert "Your mood until now: even and calm (anger 6 of 10)." in shown


def test_an_interview_opens_with_the_persons_own_mood() -> None:
    one = respondent(FakeModel())
    own = baseline_of(ilka().personality.domain_levels())
    assert one.opening().emotion == own != EmotionalState()


async def test_the_schema_is_asked_for() -> None:
    model = FakeModel()
    await appraised(model)
    (request,) = model.asked("emotion")
    assert request.output == output_schema(Appraisal)
    assert (request.seed, request.temperature, request.stop) == (3, 0.6, ())


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "I feel fine.",
        '{"feeling": "Uneasy", "valence": -2',
        json.dumps({"feeling": "Uneasy"}),
        json.dumps({**APPRAISAL, "valence": 9}),
        json.dumps({**APPRAISAL, "arousal": -1}),
        json.dumps({**APPRAISAL, "valence": 0.5}),
        json.dumps({**APPRAISAL, "emotions": []}),
        json.dumps({**APPRAISAL, "emotions": [{**JOY, "name": "envy"}]}),
        json.dumps({**APPRAISAL, "emotions": [{**JOY, "intensity": 11}]}),
        json.dumps({**APPRAISAL, "emotions": [{"name": "joy", "intensity": 1}]}),
        json.dumps({**APPRAISAL, "emotions": [JOY] * 4}),
        json.dumps({**APPRAISAL, "mood": "calm"}),
    ],
)
async def test_what_is_no_appraisal_is_a_bad_reply(reply: str) -> None:
    model = FakeModel({"emotion": reply})
    with pytest.raises(BadReply) as caught:
        await appraised(model)
    assert isinstance(caught.value, MisfitReply) and caught.value.text == reply
    assert model.asked("top") == []


def favouring(**logprobs: float) -> Any:
    """Scores of emotion names with the person; the prior is flat, and so are other options."""

    def score(request: Request, option: str) -> float:
        return logprobs.get(option.strip(), -40.0) if request.prompt_name == "emotion_name" else 0.0

    return score


async def test_in_words_a_sentence_then_the_names_by_score() -> None:
    model = small({"emotion": " a knot in my stomach"}, score=favouring(fear=-1.0))
    reply = await appraised(model)
    text = question(Kind.LONG_TEXT).text
    valence, arousal = _CIRCUMPLEX["fear"]
    named = EmotionalState(
        valence=valence,
        arousal=arousal,
        intensities={"fear": 10},
        sources={"fear": text},
        feeling="I feel a knot in my stomach.",
    )
    assert reply.emotion == MOOD.moved(named)
    words, names, prior = (call for call in reply.calls if call.request.agent == "emotion")
    assert [one.request.prompt_name for one in (words, names, prior)] == [
        "emotion_brief", "emotion_name", "emotion_prior",
    ]  # fmt: skip
    assert names.options == prior.options == tuple(f" {name}" for name in EMOTIONS)
    assert "I feel a knot in my stomach." in names.request.messages[0].text
    assert (words.request.seed, names.request.seed, prior.request.seed) == (3, 3, None)


async def test_in_words_valence_and_arousal_are_weighted_means() -> None:
    reply = await appraised(small(score=favouring(joy=-1.0, sadness=-1.0)))
    assert reply.emotion is not None
    both = EmotionalState(valence=(0.9 - 0.8) / 2, arousal=(0.6 + 0.3) / 2)
    assert reply.emotion.valence == pytest.approx(MOOD.moved(both).valence, abs=1e-4)
    assert reply.emotion.arousal == pytest.approx(MOOD.moved(both).arousal, abs=1e-4)
    assert reply.emotion.intensities == {"joy": 5, "sadness": 5}


async def test_in_words_a_common_name_does_not_win_by_being_common() -> None:
    def score(request: Request, option: str) -> float:
        if request.prompt_name == "emotion_name":
            return {" joy": -1.0, " relief": -2.0}.get(option, -30.0)
        return {" joy": -0.5, " relief": -9.0}.get(option, -20.0)

    reply = await appraised(small(score=score))
    assert reply.emotion is not None and list(reply.emotion.intensities) == ["relief"]


async def test_in_words_all_alike_is_told_by_name_order() -> None:
    reply = await appraised(small(score=lambda request, option: -2.0))
    assert reply.emotion is not None
    assert list(reply.emotion.intensities) == sorted(EMOTIONS)[:3]


@pytest.mark.parametrize(
    ("said", "feeling"),
    [
        (" calm. ", "I feel calm."),
        ("I feel calm", "I feel calm."),
        (" I feel calm.", "I feel calm."),
        ("", ""),
        (" \n", ""),
    ],
)
async def test_in_words_the_sentence_is_whole_or_absent(said: str, feeling: str) -> None:
    reply = await appraised(small({"emotion": said}))
    assert reply.emotion is not None and reply.emotion.feeling == feeling
    assert (reply.emotion == MOOD) == (not feeling)
    (answer,) = [call.request for call in reply.calls if call.request.agent == "top"]
    assert ("Your feeling" in answer.messages[1].text) == bool(feeling)


async def test_the_prior_of_the_names_is_one_for_all_people_and_questions() -> None:
    model, priors = small(), Priors()
    for who in (ilka(), another()):
        for kind in (Kind.LONG_TEXT, Kind.SHORT_TEXT):
            await respondent(model, "cognitive", who, priors).ask(
                question(kind), exchanged(), seed=1, temperature=0
            )
    prompts = [request.prompt_name for request in model.requests]
    assert prompts.count("emotion_prior") == 1 and prompts.count("emotion_name") == 4


def test_every_emotion_has_its_place() -> None:
    assert set(_CIRCUMPLEX) == set(EMOTIONS)
    for valence, arousal in _CIRCUMPLEX.values():
        assert -1 <= valence <= 1 and 0 <= arousal <= 1


async def test_what_is_felt_now_reaches_memory_where_the_person_feels() -> None:
    moods: list[EmotionalState | None] = []

    class Listening(Recaller):
        def recall(self, *args: Any, mood: EmotionalState | None = None, **more: Any) -> Any:
            moods.append(mood)
            return super().recall(*args, mood=mood, **more)

    angry = EmotionalState(intensities={"anger": 8})
    state = exchanged().model_copy(update={"emotion": angry})
    for way in (Mechanism(), Mechanism(without=("emotion",))):
        one = Respondent(ilka(), way, FakeModel(), Listening(ExactIndex(), HashEmbedder()))
        await one.ask(question(), state, seed=1, temperature=0)
    felt, nothing = moods
    assert felt is not None and felt.intensities == {"anger": 5.7} and nothing is None
