"""Whether a model answers: one tiny call, for ``doctor`` and the app's first page alike."""

import time

from simulacra.domain.call import Message, Request
from simulacra.workspace import Workspace


async def asked(workspace: Workspace, spec: str) -> str:
    """How fast a model answers one tiny call, in words.

    Raises:
        UnknownName, InputError, ModelError: there is no such model, or it does not answer.
    """
    request = Request(
        agent="doctor",
        prompt_name="doctor",
        prompt_hash="",
        messages=(Message(role="user", text="Say yes."),),
        max_tokens=4,
    )
    started = time.monotonic()
    model = workspace.model(spec)
    completion = await model.complete(request)
    usage = completion.call.usage
    return (
        f"{spec} ({completion.call.model or model.info.name}) answered in "
        f"{time.monotonic() - started:.1f} s, {usage.tokens_in} tokens in, {usage.tokens_out} out"
    )
