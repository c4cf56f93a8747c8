"""The one place that picks adapters: database, memory index, models."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from filelock import FileLock, Timeout
from pydantic import SecretStr

from simulacra.cognition.context import BRIEF, FULL, Priors
from simulacra.cognition.respondent import InterviewState, Respondent
from simulacra.domain.answer import Response
from simulacra.domain.call import Spent, Usage
from simulacra.domain.learning import CHAT, stream_of
from simulacra.domain.persona import Persona
from simulacra.domain.run import (
    Agent,
    Interview,
    Mechanism,
    Method,
    Mode,
    PersonaRef,
    RunSpec,
    RunStatus,
    RunSummary,
)
from simulacra.domain.selection import SelectionSpec
from simulacra.domain.stage import Stage, up_to
from simulacra.domain.survey import Instrument
from simulacra.errors import Busy, InputError, StorageError
from simulacra.export import export_run
from simulacra.llm.limits import Budget, Budgeted
from simulacra.llm.port import Model
from simulacra.llm.registry import open_batched, open_embedder, open_model
from simulacra.memory.exact import ExactIndex
from simulacra.memory.port import Embedder, VectorIndex
from simulacra.memory.recall import Recaller
from simulacra.prompting import template_hashes
from simulacra.runs import engine
from simulacra.runs.learning import Doubt, Learner
from simulacra.runs.plan import plan
from simulacra.runs.progress import Progress
from simulacra.runs.stored import StoredRun
from simulacra.runs.waves import Waves
from simulacra.seeds import seed_of
from simulacra.settings import Settings
from simulacra.storage.authoring import AuthoringRepository
from simulacra.storage.changes import ChangeRepository
from simulacra.storage.conversations import ConversationRepository
from simulacra.storage.database import Database, open_database
from simulacra.storage.learned import LearnedRepository
from simulacra.storage.personas import PersonaRepository
from simulacra.storage.runs import RunRepository
from simulacra.storage.selections import SelectionRepository

_DATABASE, _INDEX, _LOCK = "simulacra.db", "memory-index", "memory-index.lock"
_OFFLINE = "wordllama"


@dataclass(frozen=True)
class Answered:
    """What having an instrument answered yields: one dict a replicate, and what it took.

    ``seconds`` are those of waiting, summed over answers (see ``Reply.seconds``).
    """

    responses: tuple[dict[str, Response], ...]
    calls: int
    usage: Usage
    seconds: float
    run_id: str


class Workspace:
    """A folder with a database and a memory index, and the models that work with them."""

    def __init__(self, path: Path, settings: Settings, database: Database) -> None:
        """Use ``Workspace.open``."""
        self.path, self.settings, self.database = path, settings, database
        self.personas = PersonaRepository(database)
        self.runs = RunRepository(database)
        self.conversations = ConversationRepository(database)
        self.learned = LearnedRepository(database)
        self.authoring = AuthoringRepository(database)
        self.selections = SelectionRepository(database)
        self.changes = ChangeRepository(database)
        self._models: dict[str, Model] = {}
        self._priors = Priors()
        self._lock = FileLock(path / _LOCK, timeout=0)

    @classmethod
    def open(
        cls, path: Path, *, settings: Settings | None = None, database_url: str | None = None
    ) -> Self:
        """Open a workspace, make it where it is new, and bring its database up to date.

        Without ``settings``, those of the environment count.

        Raises:
            StorageError: the folder or the database cannot be read or written.
            WorkspaceTooNew: the database was written by a newer version.
        """
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(
                f"cannot make the workspace {path} ({error.strerror}): choose another folder"
            ) from None
        settings = settings or Settings()
        given = SecretStr(database_url) if database_url else settings.database_url
        url = given.get_secret_value() if given else f"sqlite:///{(path / _DATABASE).resolve()}"
        return cls(path, settings, open_database(url))

    def model(self, spec: str | None = None) -> Model:
        """The model of a spec (default: that of the settings), opened once.

        Raises:
            UnknownName: no such form of spec.
            InputError, FatalModelError: what it needs is missing.
        """
        spec = spec or self.settings.model
        if spec not in self._models:
            self._models[spec] = open_model(spec, self.settings.model_settings())
        return self._models[spec]

    def _batched(self, spec: str, run_id: str) -> Model:
        """The model that a run asks in batches."""
        name = f"{spec} in batches of {run_id}"
        if name not in self._models:
            self._models[name] = open_batched(spec, self.settings.model_settings(), run_id)
        return self._models[name]

    def within(self, model: Model, budget: Budget, spent: Spent) -> Budgeted:
        """The model held to a budget, of which others have ``spent`` a part already."""
        price = self.settings.prices.get(model.info.name)
        budgeted = Budgeted(model, budget, price=price)
        budgeted.hear(spent)
        return budgeted

    def author_model(
        self,
        persona_id: str,
        spec: str | None = None,
        budget: Budget | None = None,
        since: datetime | None = None,
    ) -> Model:
        """The model that writes for a persona; a budget counts what was bought ``since``.

        Raises:
            UnknownName, InputError, FatalModelError: as ``model`` does.
        """
        model = self.model(spec)
        if budget is None or budget == Budget():
            return model
        sums = self.authoring.sums(persona_id, since)
        spent = Spent(
            calls=sum(one.attempts for one in sums),
            tokens=sum(one.tokens_in + one.tokens_out for one in sums),
            cost=sum(one.cost for one in sums),
        )
        return self.within(model, budget, spent)

    @cached_property
    def index(self) -> VectorIndex:
        """The memory index: Chroma's folder, or the exact index while another process owns that."""
        try:
            self._lock.acquire()
        except Timeout:
            return ExactIndex()
        except OSError as error:
            raise StorageError(
                f"cannot write to the workspace {self.path} ({error.strerror})"
            ) from None
        from simulacra.memory.chroma import ChromaIndex

        return ChromaIndex(self.path / self._index_folder)

    @property
    def _index_folder(self) -> str:
        """Each embedder has its own: a folder of Chroma's holds vectors of one size."""
        spec = self.settings.embedder
        return _INDEX if spec == _OFFLINE else f"{_INDEX}-{seed_of(spec):08x}"

    @cached_property
    def recaller(self) -> Recaller:
        """What personas remember, by the index and the embedder of this workspace."""
        return Recaller(self.index, self.embedder)

    @cached_property
    def embedder(self) -> Embedder:
        """What the setting ``embedder`` names: ``wordllama`` (offline) or ``openai:NAME``.

        Raises:
            UnknownName: no such form.
            InputError: the key that it needs is missing.
        """
        if self.settings.embedder != _OFFLINE:
            return open_embedder(self.settings.embedder, self.settings.model_settings())
        from simulacra.memory.embedders import WordLlamaEmbedder

        return WordLlamaEmbedder()

    @contextlib.contextmanager
    def sole_writer(self, persona: Persona) -> Iterator[None]:
        """Keeps other processes of this workspace from buying words for a person at the same time.

        Raises:
            Busy: another process is at it.
            StorageError: the workspace cannot be written.
        """
        with self._alone(f"writing-{persona.id}", f"writing {persona.name}"):
            yield

    @contextlib.contextmanager
    def sole_selector(self, spec: SelectionSpec) -> Iterator[None]:
        """Keeps other processes from buying the scores of the same candidates at the same time.

        Raises:
            Busy: another process is at it.
            StorageError: the workspace cannot be written.
        """
        with self._alone(f"selecting-{spec.asked}", "scoring the same candidates"):
            yield

    @contextlib.contextmanager
    def _alone(self, name: str, doing: str) -> Iterator[None]:
        lock = FileLock(self.path / f"{name}.lock", timeout=0)
        try:
            lock.acquire()
        except Timeout:
            message = f"another process is {doing}: wait for it, or stop it first"
            raise Busy(message) from None
        except OSError as error:
            raise StorageError(
                f"cannot write to the workspace {self.path} ({error.strerror})"
            ) from None
        try:
            yield
        finally:
            lock.release()

    def respondent(
        self, persona: Persona, method: Method | Mechanism, model: Model, *, rewrites: bool = False
    ) -> Respondent:
        """A persona ready to be asked or talked to; a method stands for all its agents."""
        recaller = self.recaller if Mechanism.of(method).recalls else None
        return Respondent(persona, method, model, recaller, self._priors, rewrites=rewrites)

    def learner(
        self,
        respondent: Respondent,
        stream: str = CHAT,
        *,
        before: tuple[str, ...] = (),
        doubt: Doubt | None = None,
        seed: int = 0,
        run_id: str = "",
    ) -> Learner:
        """What makes memories of what a respondent was told; see ``Learner``."""
        return Learner(
            respondent.context,
            self.learned,
            self.recaller,
            stream=stream,
            before=before,
            doubt=doubt,
            seed=seed,
            run_id=run_id,
        )

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
    ) -> str:
        """Plan a run and store it; its id.

        Raises:
            UnknownName: a persona, the model spec or the run that it comes after is unknown.
            InputError: nothing was learned in the run that it comes after, or the model takes no
                batches.
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
        )
        Waves(self.runs, self.learned).check(spec)
        if batch:
            open_batched(spec.model, self.settings.model_settings(), "")
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
        model = choices.pop("model", None) or self.settings.model
        info = self.model(model).info
        budgets = BRIEF if info.detail == "brief" else FULL
        settings = {
            "prompts": template_hashes(),
            "budgets": budgets.model_dump(),
            "elicitation": info.elicitation,
            "detail": info.detail,
            "reproducible": info.reproducible,
            "fingerprint": info.fingerprint,
            "default_temperature": info.default_temperature,
            "versions": {"simulacra": version("simulacra"), "langgraph": version("langgraph")},
            **choices.pop("more", {}),
        }
        return RunSpec(
            name=name,
            instrument=instrument,
            personas=tuple(personas),
            model=model,
            settings=settings,
            **choices,
        )

    async def run(
        self,
        run_id: str,
        on_progress: Callable[[Progress], None] | None = None,
        doubt: Doubt | None = None,
        *,
        shared: bool = False,
        concurrency: int | None = None,
    ) -> RunSummary:
        """Start or resume a run; see ``simulacra.runs.engine.run`` for what it raises.

        ``doubt`` finds what of a life a memory contradicts, in runs that learn; these are not
        ``shared``.
        """
        spec = await asyncio.to_thread(self.runs.spec, run_id)
        if shared and spec.learn:
            raise InputError(f"run {run_id} learns, which one process does: simulacra runs resume")
        if shared and spec.batch:
            raise InputError(f"run {run_id} goes in batches, sent by one process: runs resume")
        model = self._batched(spec.model, run_id) if spec.batch else self.model(spec.model)
        temperature = model.info.default_temperature
        if spec.temperature is not None:
            temperature = spec.temperature
        budget = Budget(calls=spec.max_calls, tokens=spec.max_tokens, cost=spec.max_cost)
        elsewhere = None
        if budget != Budget():
            budgeted = self.within(model, budget, self.runs.spent(run_id))
            model, elsewhere = budgeted, budgeted.hear

        stage: Stage = spec.settings.get("stage", "life")

        def respondent_for(ref: PersonaRef) -> Respondent:
            return self.respondent(up_to(self.personas.load(ref), stage), spec.mechanism, model)

        waves = Waves(self.runs, self.learned)

        def opening_for(respondent: Respondent, interview: Interview) -> InterviewState:
            return respondent.opening(waves.remembered(spec, interview))

        summary = await engine.run(
            run_id,
            self.runs,
            respondent_for,
            temperature=temperature,
            on_event=on_progress,
            opening_for=opening_for if spec.after else None,
            elsewhere=elsewhere,
            shared=shared,
            concurrency=concurrency,
        )
        if spec.learn and summary.status is RunStatus.DONE:

            def learner_for(interview: Interview) -> Learner:
                return self.learner(
                    respondent_for(interview.persona),
                    stream_of(run_id, interview.replicate),
                    before=waves.streams(spec.after, interview.replicate),
                    doubt=doubt,
                    seed=interview.seed,
                    run_id=run_id,
                )

            return await waves.learn(run_id, learner_for)
        return summary

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

    async def answer(
        self,
        instrument: Instrument,
        persona: Persona,
        method: Method | Mechanism,
        model_spec: str | None = None,
        replicates: int = 1,
        seed: int = 0,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> Answered:
        """Have one stored persona answer an instrument; continues an unfinished run of the kind.

        A finished run is never read again, so that a retest is a retest.
        """
        spec = self.spec(
            instrument,
            [PersonaRef(id=persona.id, version=persona.version)],
            **Mechanism.of(method).model_dump(),
            model=model_spec,
            replicates=replicates,
            seed=seed,
        )
        run_id = self._unfinished(spec) or self.runs.create(spec, plan(spec))
        summary = await self.run(run_id, on_progress)
        if summary.status is not RunStatus.DONE:
            raise KeyboardInterrupt
        latest: dict[int, dict[str, Response]] = {}
        usage, seconds = Usage(), 0.0
        for interview, cell in self.runs.records(run_id):
            latest.setdefault(interview.replicate, {})[cell.item_id] = cell.response
            usage = sum((call.usage for call in cell.calls), usage)
            seconds += sum(reply.seconds for reply in cell.replies)
        responses = tuple(latest[number] for number in sorted(latest))
        return Answered(responses, summary.calls, usage, seconds, run_id)

    def _unfinished(self, spec: RunSpec) -> str | None:
        for summary in self.runs.list():
            over = summary.status in (RunStatus.DONE, RunStatus.CANCELLED, RunStatus.RUNNING)
            if not over and summary.name == spec.name and self.runs.spec(summary.id) == spec:
                return summary.id
        return None

    async def aclose(self) -> None:
        """Close the models (in the loop that used them) and everything else."""
        models: Mapping[str, Model] = self._models
        for model in models.values():
            await model.aclose()
        self._models = {}
        self.close()

    def close(self) -> None:
        """Close index and database; models that were used are closed by ``aclose``."""
        if "index" in self.__dict__:
            self.index.close()
            del self.__dict__["index"]
        self._lock.release()
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
