"""A selection from beginning to end, on a workspace."""

from collections.abc import Callable

from personas.authoring.author import PROMPTS, Author
from personas.selection.scoring import MAX_TOKENS, PROMPT, prompts, score_all
from simulacra.domain.base import Frozen
from simulacra.domain.selection import Score, Selection, SelectionSpec
from simulacra.errors import InputError
from simulacra.prompting import Prompt, find_template
from simulacra.workspace import Workspace

_CHARACTERS = 4
"""Of one token, about: what estimates before a run count with."""


class Estimate(Frozen):
    """What a selection would buy; tokens in are estimated, tokens out are the most there can be."""

    candidates: int
    scored: int
    calls: int
    tokens_in: int
    tokens_out: int


def planned(
    workspace: Workspace,
    who: str,
    keep: int,
    *,
    model: str | None = None,
    seed: int = 0,
    temperature: float | None = None,
) -> SelectionSpec:
    """What a selection of ``keep`` out of ``who`` is.

    Raises:
        InputError: there are fewer candidates than shall be kept, or ``who`` names nobody.
    """
    candidates = workspace.personas.select(who)
    if keep > len(candidates):
        raise InputError(
            f"{who!r} names {len(candidates)} candidates, and {keep} shall be kept: keep fewer"
        )
    spec = model or workspace.settings.model
    return SelectionSpec(
        candidates=tuple(candidates),
        keep=keep,
        model=spec,
        fingerprint=workspace.model(spec).info.fingerprint,
        seed=seed,
        temperature=temperature,
        prompt=find_template(PROMPT, PROMPTS).hash,
    )


def estimate(workspace: Workspace, spec: SelectionSpec) -> Estimate:
    """What ``select`` would buy now."""
    asked = _asked(workspace, spec)
    characters = [sum(len(one.text) for one in prompt.messages) for prompt in asked.values()]
    return Estimate(
        candidates=len(spec.candidates),
        scored=len(spec.candidates) - len(asked),
        calls=len(asked),
        tokens_in=sum(-(-length // _CHARACTERS) for length in characters),
        tokens_out=len(asked) * MAX_TOKENS,
    )


async def select(
    workspace: Workspace,
    spec: SelectionSpec,
    *,
    concurrency: int = 8,
    on_score: Callable[[Score], None] | None = None,
) -> Selection:
    """Score whoever has no score yet; the selection with every score in it.

    An interrupted selection is continued by the same call: what was bought is not bought again.

    Raises:
        ModelError: the model or its server failed.
    """
    selection = workspace.selections.begin(spec)

    def author_of(persona_id: str) -> Author:
        return Author.open(
            workspace,
            persona_id,
            model=spec.model,
            seed=spec.seed,
            temperature=spec.temperature,
        )

    def keep(score: Score) -> None:
        workspace.selections.add(selection.id, score)
        if on_score is not None:
            on_score(score)

    parallel = min(concurrency, workspace.model(spec.model).info.parallel)
    await score_all(_asked(workspace, spec), author_of, keep, concurrency=parallel)
    return workspace.selections.get(selection.id)


def _asked(workspace: Workspace, spec: SelectionSpec) -> dict[str, Prompt]:
    """The prompts for those who have no score yet."""
    known = workspace.selections.find(spec.id)
    scored = {score.persona_id for score in known.scores} if known else set()
    people = [workspace.personas.load(ref) for ref in spec.candidates]
    asked = prompts(people, spec.neighbours)
    return {persona_id: prompt for persona_id, prompt in asked.items() if persona_id not in scored}
