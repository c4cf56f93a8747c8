"""Experimental designs: the conditions of a study and who is asked under which."""

from itertools import product
from typing import Self

from pydantic import Field, model_validator

from simulacra.domain.base import Frozen


class Condition(Frozen):
    """One condition: the fields of the instrument that it sets, and another model where it has one.

    ``share`` weighs how many people are assigned to it, where each is asked under one only.
    """

    name: str = Field(min_length=1, pattern=r"^[^\x00-\x1f|]+$")
    fields: dict[str, str] = Field(default_factory=dict)
    model: str | None = None
    share: int = Field(default=1, ge=1)


class Quota(Frozen):
    """At most so many people with a value of an attribute are asked."""

    attribute: str
    value: str
    most: int = Field(ge=0)


class Design(Frozen):
    """The conditions of a study; ``within``: everybody is asked under each, else under one.

    Without conditions everybody is asked once (a replicate), under none.
    """

    conditions: tuple[Condition, ...] = ()
    within: bool = False
    quotas: tuple[Quota, ...] = ()

    @model_validator(mode="after")
    def _unique_names(self) -> Self:
        names = [one.name for one in self.conditions]
        if twice := sorted({one for one in names if names.count(one) > 1}):
            raise ValueError(f"condition names must be unique: {', '.join(twice)}")
        return self

    @property
    def first_model(self) -> str | None:
        """The first condition's model, where every condition has one and so no other counts."""
        models = [one.model for one in self.conditions]
        return models[0] if models and all(models) else None

    def named(self, name: str) -> Condition:
        """The condition of a name; an empty one where there is none."""
        return next((one for one in self.conditions if one.name == name), Condition(name="none"))


def crossed(factors: dict[str, tuple[str, ...]]) -> tuple[Condition, ...]:
    """The conditions of a full factorial design: each combination of the factors' levels.

    Names read ``factor=level`` joined by commas; the fields are the factors, but for the factor
    ``model``, whose levels are models.
    """
    conditions: list[Condition] = []
    for levels in product(*factors.values()):
        chosen = dict(zip(factors, levels, strict=True))
        name = ", ".join(f"{factor}={level}" for factor, level in chosen.items())
        model = chosen.pop("model", None)
        conditions.append(Condition(name=name, fields=chosen, model=model))
    return tuple(conditions)
