"""Studies in a workspace: planned, run, learned from, exported."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from simulacra.cognition.capable import (
    check_elicitation,
    check_logprobs,
    check_page,
    check_temperature,
)
from simulacra.cognition.context import BRIEF, FULL
from simulacra.cognition.respondent import Respondent
from simulacra.domain.design import Design
from simulacra.domain.elicitation import Elicitation
from simulacra.domain.learning import stream_of
from simulacra.domain.run import (
    Agent,
    Interview,
    Method,
    Mode,
    PersonaRef,
    RunSpec,
    RunStatus,
    RunSummary,
)
from simulacra.domain.survey import Instrument
from simulacra.errors import InputError
from simulacra.export import export_run
from simulacra.llm.behavioural import behaviour_of
from simulacra.llm.budgets import Budget, Purse
from simulacra.llm.port import Model, ModelInfo
from simulacra.llm.registry import open_batched
from simulacra.prompting import template_hashes
from simulacra.runs import engine
from simulacra.runs.learning import Doubt, Learner
from simulacra.runs.plan import plan
from simulacra.runs.progress import Progress
from simulacra.runs.stored import StoredRun
from simulacra.runs.waves import Waves
from simulacra.survey.unroll import unrolled
from simulacra.workspace.asked import Asked

ONE_CELL = Design()
"""The design of a study without conditions."""


class Studies(Asked):
    """People of a workspace who answer instruments."""

    def plan(
        self,
        instrument: Instrument,
        who: str | Sequence[PersonaRef],
        *,
        name: str | None = None,
        method: Method = "cognitive",
        mode: Mode = "full",
        without: Sequence[Agent] = (),
        model: str | None = None,
        replicates: int = 1,
        seed: int = 0,
        temperature: float | None = None,
        concurrency: int = 8,
        max_cost: float | None = None,
        max_calls: int | None = None,
        max_tokens: int | None = None,
        max_failures: int | None = None,
        batch: bool = False,
        learn: bool = False,
        after: str | None = None,
        day: date | None = None,
        earlier_visible: bool = True,
        elicit: str = "choice",
        page: bool = False,
        design: Design = ONE_CELL,
    ) -> str:
        """Plan a run and store it; its id.

        Raises:
            UnknownName: a persona, the model spec or the run that it comes after is unknown.
            InputError: nothing was learned in the run that it comes after, or that one was later;
                the model takes no batches or cannot be asked in the way that
                ``elicit`` says.
        """
        spec = self.spec(
            instrument,
            who,
            name=name,
            method=method,
            mode=mode,
            without=tuple(without),
            model=model,
            replicates=replicates,
            seed=seed,
            temperature=temperature,
            concurrency=concurrency,
            max_cost=max_cost,
            max_calls=max_calls,
            max_tokens=max_tokens,
            max_failures=max_failures or self.settings.max_failures,
            batch=batch,
            learn=learn,
            after=after,
            day=day,
            earlier_visible=earlier_visible,
            elicit=Elicitation.named(elicit),
            page=page,
            design=design,
        )
        Waves(self.runs, self.learned).check(spec)
        if batch:
            for one in spec.all_models:
                open_batched(one, self.settings.model_settings(), "")
        return self.runs.create(spec, plan(spec))

    def spec(
        self, instrument: Instrument, who: str | Sequence[PersonaRef], **choices: Any
    ) -> RunSpec:
        """The plan of a run as a value; ``choices`` are those of ``plan``.

        ``more`` among them goes into the settings: ``stage`` says how much of a life the people
        are given.
        """
        personas = self.personas.select(who) if isinstance(who, str) else who
        name = choices.pop("name", None) or instrument.id
        own = choices.get("design", ONE_CELL).first_model
        model = choices.pop("model", None) or own or self.settings.model
        info = self.model(model).info
        settings = {
            **_answering(model, info),
            "reproducible": info.reproducible,
            "fingerprint": info.fingerprint,
            "default_temperature": info.default_temperature,
            "versions": {"simulacra": version("simulacra"), "langgraph": version("langgraph")},
            **choices.pop("more", {}),
        }
        spec = RunSpec(
            name=name,
            instrument=unrolled(instrument),
            personas=tuple(personas),
            model=model,
            settings=settings,
            **choices,
        )
        if spec.models and (spec.behavioural or any(behaviour_of(one) for one in spec.models)):
            raise InputError("simulated respondents answer a whole study: name no other model")
        for one in spec.all_models:
            check_elicitation(spec.elicit, self.model(one).info)
            check_page(spec.page, self.model(one).info)
        check_temperature(spec.temperature, [self.model(one).info for one in spec.all_models])
        if spec.max_cost is not None:
            self.need_prices(spec.all_models)
        return spec

    async def run(
        self,
        run_id: str,
        on_progress: Callable[[Progress], None] | None = None,
        doubt: Doubt | None = None,
        *,
        shared: bool = False,
        concurrency: int | None = None,
        purse: Purse | None = None,
    ) -> RunSummary:
        """Start or resume a run; see ``simulacra.runs.engine.run`` for what it raises.

        ``doubt`` finds what of a life a memory contradicts, in runs that learn; these are not
        ``shared``. ``purse`` pays for it beside the plan's own budget: several runs may share one.
        """
        spec = await asyncio.to_thread(self.runs.spec, run_id)
        asked = await self._ready(run_id, spec, shared=shared)
        temperature = asked[spec.model].info.default_temperature
        if spec.temperature is not None:
            temperature = spec.temperature
        budget = Budget(calls=spec.max_calls, tokens=spec.max_tokens, cost=spec.max_cost)
        elsewhere = None
        purses = [purse] if purse else []
        if budget != Budget():
            own = Purse(budget)
            own.hear(self.runs.spent(run_id))
            elsewhere = own.hear
            purses.append(own)
        for one in purses:
            asked = {
                name: self.within(model, one, batch=spec.batch) for name, model in asked.items()
            }

        def respondent_for(ref: PersonaRef) -> Respondent:
            return self._respondent(ref, spec, asked[spec.model])

        waves = Waves(self.runs, self.learned)
        who = self._who(spec, asked)

        def opening_for(respondent: Any, interview: Interview) -> Any:
            if spec.after:
                return respondent.opening(waves.remembered(spec, interview))
            return respondent.opening(interview.condition)

        opens = spec.after or spec.behavioural or spec.models
        summary = await engine.run(
            run_id,
            self.runs,
            who,
            temperature=temperature,
            on_event=on_progress,
            opening_for=opening_for if opens else None,
            elsewhere=elsewhere,
            shared=shared,
            concurrency=concurrency,
        )
        if spec.learn and summary.status is RunStatus.DONE:
            wave = waves.number(spec)

            def learner_for(interview: Interview) -> Learner:
                return self.learner(
                    respondent_for(interview.persona),
                    stream_of(run_id, interview.replicate),
                    before=waves.streams(spec.after, interview.replicate),
                    doubt=doubt,
                    seed=interview.seed,
                    run_id=run_id,
                    wave=wave,
                )

            return await waves.learn(run_id, learner_for)
        return summary

    async def _ready(self, run_id: str, spec: RunSpec, *, shared: bool) -> dict[str, Model]:
        """The models of a run, once it is sure that they can be asked in the run's way."""
        if shared and spec.learn:
            raise InputError(f"run {run_id} learns, which one process does: simulacra runs resume")
        if shared and spec.batch:
            raise InputError(f"run {run_id} goes in batches, sent by one process: runs resume")
        for one in spec.all_models:
            await check_logprobs(spec.elicit, self.model(one))
        opened = self.model if not spec.batch else lambda one: self._batched(one, run_id)
        return {one: opened(one) for one in spec.all_models}

    def cancel(self, run_id: str) -> RunSummary:
        """Give a run up for good; its answers stay."""
        return engine.cancel(run_id, self.runs)

    def pause(self, run_id: str) -> RunSummary:
        """Have all processes at work on a run stop; it can be resumed."""
        return engine.pause(run_id, self.runs)

    def stored(self, run_id: str) -> StoredRun:
        """Everything about a run, to be exported or reported."""
        return StoredRun.load(run_id, self.runs, self.personas)

    def export(
        self, run_id: str, out: Path, formats: Sequence[str] | None = None, name: str | None = None
    ) -> list[Path]:
        """Write a run's files into a folder; the paths written."""
        run = self.stored(run_id)
        return export_run(run, out, formats, name or run.spec.name)


def _answering(model: str, info: ModelInfo) -> dict[str, Any]:
    """What decides answers: prompts and budgets of a language model, or a known population."""
    if behaviour := behaviour_of(model):
        return {"behaviour": behaviour.model_dump(mode="json")}
    budgets = BRIEF if info.detail == "brief" else FULL
    return {
        "prompts": template_hashes(),
        "budgets": budgets.model_dump(),
        "elicitation": info.elicitation,
        "detail": info.detail,
    }
