"""From a model spec such as ``openai:NAME`` to a model that is ready for use."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr

from simulacra.errors import FatalModelError, InputError, UnknownName
from simulacra.llm.limits import Bounded, Retrying, RetryPolicy, Throttled
from simulacra.llm.port import Model, ModelInfo
from simulacra.llm.pricing import halved
from simulacra.settings import ModelSettings, Price

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from simulacra.llm.openai_compatible import OpenAICompatibleModel
    from simulacra.llm.openai_embeddings import OpenAICompatibleEmbedder

FORMS = (
    "embedded, embedded:FILE.gguf, openai:NAME, langchain:PROVIDER:NAME, scripted:FILE, "
    "behavioural, behavioural:FILE, record:FILE:MODEL, replay:FILE"
)
# The embedded server works on one request after another on a machine that may be busy.
_EMBEDDED_TIMEOUT = 300.0


def open_model(spec: str, settings: ModelSettings) -> Model:
    """The model that a spec names, held in the limits of the settings.

    From inside out: the adapter, calls in flight, rates, retries (so that every attempt counts
    towards the rate). A recorder sits outside, a replay has no limits. Nothing is loaded or
    connected before the first call.

    Raises:
        UnknownName: no such form of spec.
        InputError: a file or key that the spec needs is missing or unusable.
        FatalModelError: a package that the spec needs is not installed.
    """
    kind, _, rest = spec.partition(":")
    opener = _OPENERS.get(kind)
    if opener is None or (not rest and kind not in ("embedded", "behavioural")):
        raise UnknownName(f"There is no model {spec!r}; the forms are {FORMS}.")
    return opener(spec, rest, settings)


def is_paid(spec: str) -> bool:
    """Whether a service bills the calls of a model, also where they are recorded meanwhile."""
    kind, _, rest = spec.partition(":")
    if kind == "record":
        return is_paid(rest.partition(":")[2])
    return kind in ("openai", "langchain")


def open_batched(spec: str, settings: ModelSettings, run_id: str) -> Model:
    """The model of a spec ``openai:NAME``, asked through the Batch API at half the price.

    Raises:
        InputError: the spec names no hosted model, or the key that it needs is missing.
    """
    from simulacra.llm import batched

    kind, _, name = spec.partition(":")
    if kind != "openai" or not name:
        raise InputError(f"only openai:NAME takes batches, not {spec}.")
    price = halved(settings.prices.get(name, Price()))
    model = batched.BatchedModel(
        _hosted_model(spec, name, settings, price),
        run_id,
        quiet=batched.QUIET_SECONDS,
        poll=batched.POLL_SECONDS,
    )
    return Retrying(model, RetryPolicy(max_attempts=settings.max_attempts))


def open_embedder(spec: str, settings: ModelSettings) -> "OpenAICompatibleEmbedder":
    """The embedder that a spec ``openai:NAME`` names; nothing is connected before its first use.

    Raises:
        UnknownName: no such form of spec.
        InputError: the key that it needs is missing.
    """
    from simulacra.llm.openai_embeddings import OpenAICompatibleEmbedder

    kind, _, name = spec.partition(":")
    if kind != "openai" or not name:
        raise UnknownName(f"There is no embedder {spec!r}; the forms are wordllama, openai:NAME.")
    _need_key(spec, settings)
    return OpenAICompatibleEmbedder(
        name,
        base_url=settings.openai_base_url,
        api_key=settings.openai_api_key,
        timeout=settings.timeout,
        max_attempts=settings.max_attempts,
        price=settings.prices.get(name),
    )


def _embedded(spec: str, rest: str, settings: ModelSettings) -> Model:
    from simulacra.llm.embedded import EmbeddedModel

    gguf = Path(rest) if rest else settings.gguf
    model = EmbeddedModel(
        gguf,
        spec=spec,
        reproducible=settings.reproducible,
        timeout=max(settings.timeout, _EMBEDDED_TIMEOUT),
        detail=settings.detail or "brief",
    )
    return _limited(model, settings)


def _openai(spec: str, rest: str, settings: ModelSettings) -> Model:
    price = settings.prices.get(rest, Price())
    return _limited(_hosted_model(spec, rest, settings, price), settings)


def _hosted_model(
    spec: str, name: str, settings: ModelSettings, price: Price
) -> "OpenAICompatibleModel":
    from simulacra.llm.openai_compatible import OpenAICompatibleModel

    _need_key(spec, settings)
    return OpenAICompatibleModel(
        _hosted(spec, name, settings),
        base_url=settings.openai_base_url,
        api_key=settings.openai_api_key,
        timeout=settings.timeout,
        price=price,
    )


def _langchain(spec: str, rest: str, settings: ModelSettings) -> Model:
    from simulacra.llm.langchain_chat import LangChainModel

    provider, _, name = rest.partition(":")
    if not provider or not name:
        raise UnknownName(f"There is no model {spec!r}; write langchain:PROVIDER:NAME.")
    return _limited(
        LangChainModel(
            _chat_model(spec, provider, name, settings),
            _hosted(spec, name, settings),
            price=settings.prices.get(name),
            key=settings.openai_api_key,
            timeout=settings.timeout,
        ),
        settings,
    )


def _chat_model(spec: str, provider: str, name: str, settings: ModelSettings) -> "BaseChatModel":
    if provider == "openai":
        from langchain_openai import ChatOpenAI

        _need_key(spec, settings)
        return ChatOpenAI(
            model=name,
            api_key=settings.openai_api_key or SecretStr("none"),
            base_url=settings.openai_base_url,
            timeout=settings.timeout,
            max_retries=0,
        )
    try:
        init = import_module("langchain.chat_models").init_chat_model
        chat: BaseChatModel = init(name, model_provider=provider)
    except (ImportError, ValueError) as error:
        raise FatalModelError(
            f"{spec} needs simulacra[langchain] and the provider's own package, "
            f"as a rule langchain-{provider}: install both ({error})."
        ) from None
    return chat


def _scripted(spec: str, rest: str, settings: ModelSettings) -> Model:
    from simulacra.llm.scripted import ScriptedModel

    return _limited(ScriptedModel.from_file(Path(rest), spec=spec), settings)


def _behavioural(spec: str, rest: str, _: ModelSettings) -> Model:  # noqa: ARG001
    from simulacra.llm.behavioural import BehaviouralModel, behaviour_of

    behaviour = behaviour_of(spec)
    assert behaviour is not None, "the registry opens its own kind only"
    return BehaviouralModel(spec, behaviour)


def _record(spec: str, rest: str, settings: ModelSettings) -> Model:
    from simulacra.llm.recorded import RecordingModel

    file, _, inner = rest.partition(":")
    if not file or not inner:
        raise UnknownName(f"There is no model {spec!r}; write record:FILE:MODEL.")
    return RecordingModel(open_model(inner, settings), Path(file))


def _replay(spec: str, rest: str, _: ModelSettings) -> Model:
    from simulacra.llm.recorded import ReplayModel

    return ReplayModel.from_file(Path(rest), spec=spec)


def _hosted(spec: str, name: str, settings: ModelSettings) -> ModelInfo:
    detail = settings.detail or "full"
    return ModelInfo(spec=spec, name=name, detail=detail, one_form=settings.one_form)


def _need_key(spec: str, settings: ModelSettings) -> None:
    if settings.openai_api_key is None and settings.openai_base_url is None:
        raise InputError(
            f"{spec} needs a key: set OPENAI_API_KEY (or OPENAI_BASE_URL for a server without one)."
        )


def _limited(model: Model, settings: ModelSettings) -> Model:
    if settings.in_flight is not None:
        model = Bounded(model, settings.in_flight)
    if settings.requests_per_minute is not None or settings.tokens_per_minute is not None:
        model = Throttled(model, settings.requests_per_minute, settings.tokens_per_minute)
    return Retrying(model, RetryPolicy(max_attempts=settings.max_attempts))


_OPENERS: dict[str, Callable[[str, str, ModelSettings], Model]] = {
    "embedded": _embedded,
    "openai": _openai,
    "langchain": _langchain,
    "scripted": _scripted,
    "behavioural": _behavioural,
    "record": _record,
    "replay": _replay,
}
