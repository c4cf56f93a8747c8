"""What a workspace holds: its database, its memory index, and the models that it opened."""

import contextlib
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout
from pydantic import SecretStr

from simulacra.cognition.context import Priors
from simulacra.errors import Busy, StorageError
from simulacra.llm.budgets import Budgeted, Purse
from simulacra.llm.port import Model
from simulacra.llm.pricing import halved
from simulacra.llm.registry import open_batched, open_embedder, open_model
from simulacra.memory.exact import ExactIndex
from simulacra.memory.port import Embedder, VectorIndex
from simulacra.memory.recall import Recaller
from simulacra.seeds import seed_of
from simulacra.settings import Price, Settings
from simulacra.storage.authoring import AuthoringRepository
from simulacra.storage.changes import ChangeRepository
from simulacra.storage.conversations import ConversationRepository
from simulacra.storage.database import Database, open_database
from simulacra.storage.learned import LearnedRepository
from simulacra.storage.personas import PersonaRepository
from simulacra.storage.results import ResultRepository
from simulacra.storage.runs import RunRepository
from simulacra.storage.selections import SelectionRepository

_DATABASE, _INDEX, _LOCK = "simulacra.db", "memory-index", "memory-index.lock"
_OFFLINE = "wordllama"


class Resources:
    """A folder with a database and a memory index: the adapters, opened once and closed at last."""

    def __init__(self, path: Path, settings: Settings, database: Database) -> None:
        """Use ``open``."""
        self.path, self.settings, self.database = path, settings, database
        self.personas = PersonaRepository(database)
        self.runs = RunRepository(database)
        self.results = ResultRepository(database)
        self.conversations = ConversationRepository(database)
        self.learned = LearnedRepository(database)
        self.authoring = AuthoringRepository(database)
        self.selections = SelectionRepository(database)
        self.changes = ChangeRepository(database)
        self.priors = Priors()
        self._models: dict[str, Model] = {}
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

    def price(self, name: str, *, batch: bool = False) -> Price | None:
        """What the settings say that a model of this name costs; half of it in batches."""
        price = self.settings.prices.get(name)
        return halved(price) if price and batch else price

    def within(self, model: Model, purse: Purse, *, batch: bool = False) -> Budgeted:
        """The model, which pays each call from a purse by its own price."""
        return Budgeted(model, purse, self.price(model.info.name, batch=batch))

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
    def alone(self, name: str, doing: str) -> Iterator[None]:
        """Keeps other processes of this workspace from doing the same thing at the same time.

        Raises:
            Busy: another process is at it; ``doing`` says at what.
            StorageError: the workspace cannot be written.
        """
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
