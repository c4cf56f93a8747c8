"""Whether a model can be asked in the way that a run wants, found out before anything is bought."""

from collections.abc import Sequence

from simulacra.domain.call import Message, Request
from simulacra.domain.elicitation import Elicitation
from simulacra.errors import BadReply, FatalModelError, InputError
from simulacra.llm.port import Model, ModelInfo


def check_elicitation(elicit: Elicitation, info: ModelInfo) -> None:
    """Refuse what a model surely cannot do.

    Raises:
        InputError: the model writes no structured replies, which the elicitation needs.
    """
    if info.elicitation == "score" and elicit.way in ("stated", "draws"):
        raise InputError(
            f"{info.spec} weighs options by their own log-probabilities and writes no structured "
            f"replies, which --elicit {elicit.label} needs: choose choice or logprobs"
        )


def check_page(page: bool, info: ModelInfo) -> None:
    """Refuse to put several questions at once to a model that cannot answer them.

    Raises:
        InputError: the model writes no structured replies.
    """
    if page and info.elicitation == "score":
        raise InputError(
            f"{info.spec} answers in words, one question at a time: leave out --page, or choose a "
            "model that writes structured replies"
        )


def check_temperature(temperature: float | None, infos: Sequence[ModelInfo]) -> None:
    """Refuse to take one model's own temperature for that of another.

    Raises:
        InputError: no temperature is given, and the models have different ones of their own.
    """
    own = {info.spec: info.default_temperature for info in infos}
    if temperature is None and len(set(own.values())) > 1:
        said = ", ".join(f"{spec} {value:g}" for spec, value in own.items())
        raise InputError(
            f"the models have temperatures of their own ({said}): give one --temperature for all"
        )


async def check_logprobs(elicit: Elicitation, model: Model) -> None:
    """Try with one call of a few tokens whether the model gives log-probabilities, if they matter.

    Raises:
        InputError: it gives none.
        ModelError: the call failed for another reason.
    """
    if elicit.way != "logprobs" or model.info.elicitation == "score":
        return
    probe = Request(
        agent="top",
        prompt_name="",
        prompt_hash="",
        messages=(Message(role="user", text="Is the sky blue?"),),
        max_tokens=1,
    )
    try:
        await model.score(probe, ("Yes", "No"))
    except (BadReply, FatalModelError) as error:
        if isinstance(error, FatalModelError) and "logprob" not in str(error):
            raise
        raise InputError(
            f"{model.info.spec} gives no log-probabilities: choose --elicit choice, stated or "
            "draws:N"
        ) from error
