"""How much of a written life a respondent is given: attributes, biography, the whole."""

from typing import Literal, get_args

from simulacra.domain.persona import Persona

Stage = Literal["attributes", "biography", "life"]
STAGES: tuple[Stage, ...] = get_args(Stage)


def up_to(persona: Persona, stage: Stage) -> Persona:
    """The persona with nothing of its life beyond a stage.

    ``attributes``: profile, personality and its sentences; ``biography``: the biography too;
    ``life``: story and memories too, which is all of it. Id and version stay, so that seeds do.
    """
    if stage == "life":
        return persona
    bare = {"story": "", "episodes": (), "facts": (), "memories": (), "questions": (), "extra": {}}
    kept = bare if stage == "biography" else {**bare, "biography": ""}
    return persona.model_copy(update=kept)
