"""Who is asked in a study, on which models, and what that will take."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from simulacra.behaviour.respondent import SimulatedRespondent
from simulacra.cognition.respondent import Respondent
from simulacra.domain.behaviour import Behaviour
from simulacra.domain.run import Interview, PersonaRef, RunSpec
from simulacra.domain.stage import Stage, up_to
from simulacra.errors import InputError
from simulacra.llm.port import Model
from simulacra.llm.registry import is_paid
from simulacra.llm.rehearsal import ASSUMED, RehearsalModel, Usual
from simulacra.runs.conditions import PerCondition
from simulacra.runs.forecast import Forecast, forecast
from simulacra.runs.plan import estimate, plan
from simulacra.settings import Price
from simulacra.workspace.people import People


class Asked(People):
    """The people of a workspace as respondents of a study, and its forecast."""

    async def forecast(self, spec: RunSpec) -> Forecast:
        """What a run would take in calls, tokens, US dollars and seconds; nothing is bought.

        Lengths and times of replies are those of earlier runs on each model; without any, assumed.
        """
        interviews, size = plan(spec), estimate(spec)
        if not size.calls:  # simulated respondents
            return Forecast(size.interviews, size.cells, 0, 0, 0, 0, 0.0, 0.0, 0)
        info = self.model(spec.model).info
        asked = {one: await self._rehearsal(one, spec) for one in spec.all_models}
        temperature = info.default_temperature if spec.temperature is None else spec.temperature
        found = await forecast(
            spec,
            interviews,
            self._who(spec, asked),
            temperature=temperature,
            at_once=min(spec.concurrency, info.parallel),
            opening_for=_opened_under_condition if spec.models else None,
        )
        learning = size.interviews if spec.learn else 0  # a consolidation each, at its simplest
        unpriced = tuple(one for one in spec.all_models if self._unpriced(one))
        return found._replace(calls=found.calls + learning, unpriced=unpriced)

    async def _rehearsal(self, model: str, spec: RunSpec) -> Model:
        """A model that stands in for one of a study, and takes what that one took before."""
        info = self.model(model).info
        met = await asyncio.to_thread(self.runs.usual, model)
        usual = {name: Usual(tokens_out=out, seconds=took) for name, (out, took) in met.items()}
        price = self.price(info.name, batch=spec.batch) or Price()
        return RehearsalModel(info, {**ASSUMED, **usual}, price)

    def need_prices(self, models: Sequence[str]) -> None:
        """Refuse a limit in money where it is not known what a model costs.

        Raises:
            InputError: names the model.
        """
        if unpriced := [one for one in models if self._unpriced(one)]:
            raise InputError(
                f"no price is set for {unpriced[0]}, so --max-cost could stop nothing: set it in "
                "SIMULACRA_PRICES, or limit calls or tokens"
            )

    def _unpriced(self, model: str) -> bool:
        """Whether a model is paid for, and the settings do not say how much."""
        return is_paid(model) and self.price(self.model(model).info.name) is None

    def _respondent(self, ref: PersonaRef, spec: RunSpec, model: Model) -> Respondent:
        stage: Stage = spec.settings.get("stage", "life")
        persona = up_to(self.personas.load(ref), stage)
        return self.respondent(persona, spec.mechanism, model, elicit=spec.elicit)

    def _who(self, spec: RunSpec, asked: Mapping[str, Model]) -> Callable[[PersonaRef], Any]:
        """Who answers for a persona: a mind, one a condition, or a simulated respondent."""
        known = spec.settings.get("behaviour")
        if known is not None:
            behaviour = Behaviour.model_validate(known)
            return lambda ref: SimulatedRespondent(
                self.personas.load(ref), spec.instrument, behaviour
            )
        if not spec.models:
            return lambda ref: self._respondent(ref, spec, asked[spec.model])
        models = {one.name: asked[one.model or spec.model] for one in spec.design.conditions}
        return lambda ref: PerCondition(
            lambda condition: self._respondent(ref, spec, models[condition])
        )


def _opened_under_condition(respondent: Any, interview: Interview) -> Any:
    return respondent.opening(interview.condition)
