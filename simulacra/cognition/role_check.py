"""Whether a reply falls out of role: by rules, and where the gate opens by the model's own reading.

The rules cost nothing and see little; the gate is wide and decides nothing; the model reads the
question and the reply and no more, at temperature 0. A small model is left to the rules alone.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from simulacra.cognition.context import MindContext, request_for
from simulacra.cognition.gate import suspicions
from simulacra.cognition.state import Stimulus
from simulacra.cognition.thoughts import thought_as
from simulacra.cognition.working_memory import clipped
from simulacra.domain.call import Call
from simulacra.llm.structured import read_as
from simulacra.prompting import find_template

AGENT = "role"
_TOKENS = 80  # of a verdict
_SHOWN_TOKENS = 600  # of a question and of a reply, each
_WHY_CHARACTERS = 200


class RoleVerdict(BaseModel):
    """What the model makes of a reply."""

    model_config = ConfigDict(extra="forbid")
    why: str
    role: Literal["in", "out"]


def is_suspect(context: MindContext, stimulus: Stimulus, said: str) -> bool:
    """Whether the model has to read a reply before it counts: the gate opens, and it is capable."""
    if not context.checks_role:
        return False
    return stimulus.probe is not None or bool(suspicions(said, stimulus.text))


async def fault_found(
    context: MindContext, stimulus: Stimulus, said: str, calls: list[Call]
) -> str:
    """How a reply falls out of role, "" where it does not; a call for it is added to ``calls``.

    Raises:
        MisfitReply: the model's verdict could not be read.
        ModelError: the call itself failed.
    """
    fault = context.fault_in(said, stimulus)
    if fault or not said.strip() or not is_suspect(context, stimulus, said):
        return fault
    shown = {"asked": stimulus.text, "said": said}
    prompt = find_template("role_check").render(
        {name: clipped(text, _SHOWN_TOKENS) for name, text in shown.items()}
    )
    request = request_for(prompt, AGENT, stimulus, _TOKENS)
    request = request.model_copy(update={"temperature": 0.0})
    verdict, call = await thought_as(context, stimulus, request, RoleVerdict, None)
    calls.append(call)
    return _told(verdict) if verdict.role == "out" else ""


def verdict_of(call: Call) -> RoleVerdict | None:
    """What a call made of a reply; None where the call was for something else."""
    return read_as(RoleVerdict, call, call.reply) if call.request.agent == AGENT else None


def _told(verdict: RoleVerdict) -> str:
    why = " ".join(verdict.why.split()).rstrip(".")[:_WHY_CHARACTERS]
    return why or "no human being would say it"
