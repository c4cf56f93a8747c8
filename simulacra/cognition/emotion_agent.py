"""The emotion agent: how a stimulus touches the person, with the recalled memories in mind."""

from langgraph.runtime import Runtime

from simulacra.cognition.context import ANYBODY, MindContext, request_for
from simulacra.cognition.elicitation import probabilities_of
from simulacra.cognition.failures import kept_calls
from simulacra.cognition.moment import NAMED, Appraisal
from simulacra.cognition.state import Mind, Stimulus
from simulacra.cognition.thoughts import thought, thought_as
from simulacra.domain.call import Call
from simulacra.domain.emotion import EMOTIONS, EmotionalState, EmotionName
from simulacra.prompting import find_template

# Places on the circumplex of Russell (1980), read off as valence (-1..1) and arousal (0..1).
_CIRCUMPLEX: dict[EmotionName, tuple[float, float]] = {
    "joy": (0.9, 0.6),
    "trust": (0.6, 0.3),
    "fear": (-0.7, 0.9),
    "surprise": (0.1, 0.9),
    "sadness": (-0.8, 0.3),
    "disgust": (-0.7, 0.6),
    "anger": (-0.7, 0.9),
    "anticipation": (0.4, 0.7),
    "pride": (0.7, 0.6),
    "shame": (-0.7, 0.5),
    "guilt": (-0.6, 0.5),
    "gratitude": (0.8, 0.3),
    "love": (0.9, 0.5),
    "loneliness": (-0.7, 0.2),
    "relief": (0.6, 0.2),
    "curiosity": (0.4, 0.6),
}
_NAMES = tuple(f" {name}" for name in EMOTIONS)  # they continue "My feeling is"


async def feel(state: Mind, runtime: Runtime[MindContext]) -> Mind:
    """Appraise the stimulus: by structured output, or in words and scores for small models."""
    context, stimulus = runtime.context, state["stimulus"]
    situation = context.situation(stimulus, state.get("recalled", ()))
    appraise = _in_words if context.in_words else _structured
    emotion, calls = await appraise(context, stimulus, situation)
    return {"emotion": emotion, "calls": calls}


async def _structured(
    context: MindContext, stimulus: Stimulus, situation: str
) -> tuple[EmotionalState, tuple[Call, ...]]:
    before = context.mood(stimulus)
    prompt = context.render("emotion", {"situation": situation, "mood": before.words})
    request = request_for(prompt, "emotion", stimulus, context.budgets.emotion_tokens)
    said, call = await thought_as(context, stimulus, request, Appraisal, "emotion")
    return before.moved(said.state), (call,)


async def _in_words(
    context: MindContext, stimulus: Stimulus, situation: str
) -> tuple[EmotionalState, tuple[Call, ...]]:
    """A sentence from the model, then the names of emotions by their log-probabilities.

    Each name's log-probability is taken relative to its own without the sentence (as in
    ``elicitation``); valence and arousal are the mean places of the names on the
    circumplex, weighted by probability.
    """
    prompt = context.render("emotion_brief", {"situation": situation})
    tokens = context.budgets.feeling_tokens
    request = request_for(prompt, "emotion", stimulus, tokens, stop=(".", "\n"))
    with kept_calls() as calls:
        said, call = await thought(context, stimulus, request)
        calls.append(call)
        return await named(context, stimulus, said, calls), tuple(calls)


async def named(
    context: MindContext, stimulus: Stimulus, text: str, calls: list[Call]
) -> EmotionalState:
    """The state that a sentence leaves; calls made for it are added to ``calls``.

    What caused it is what was asked: the sentence itself seldom says more.
    """
    words = text.strip().removeprefix("I feel").strip(" .")
    before = context.mood(stimulus)
    if not words:  # nothing was said, so the mood stays as it was
        return before.model_copy(update={"feeling": ""})
    feeling = f"I feel {words}."
    # The sentence alone is shown: a short prompt costs little, and the person is in it already.
    naming = find_template("emotion_name").render({"feeling": feeling})
    scored = await context.model.score(request_for(naming, "emotion", stimulus, 8), _NAMES)
    calls.append(scored.call)
    anything = request_for(find_template("emotion_prior").render({}), "emotion", stimulus, 8)
    prior = await context.priors.score(context.model, anything.model_copy(update=ANYBODY), _NAMES)
    calls.append(prior.call)
    weights = probabilities_of(scored, prior)
    best = sorted(zip(EMOTIONS, weights, strict=True), key=lambda pair: (-pair[1], pair[0]))
    places = [(_CIRCUMPLEX[name], weight) for name, weight in best]
    levels = {name: round(10 * weight) for name, weight in best[:NAMED] if weight > 0.05}
    appraisal = EmotionalState(
        valence=round(sum(place[0] * weight for place, weight in places), 4),
        arousal=round(sum(place[1] * weight for place, weight in places), 4),
        intensities=levels,
        sources=dict.fromkeys(levels, stimulus.text),
        feeling=feeling,
    )
    return before.moved(appraisal)
