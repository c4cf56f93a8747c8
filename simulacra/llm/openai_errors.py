"""The OpenAI client's exceptions as the project's errors."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
from openai import (
    APIConnectionError,
    APIResponseValidationError,
    APIStatusError,
    APITimeoutError,
    OpenAIError,
)

from simulacra.errors import BadReply, ConnectionLost, ModelTimeout
from simulacra.llm.status import Place, status_error


@contextmanager
def openai_errors(place: Place, timeout: float) -> Iterator[None]:
    """Raise what the client raises as the project's errors, without causes: those hold headers."""
    try:
        yield
    except (APITimeoutError, httpx2.TimeoutException) as error:
        raise _timed_out(place, timeout, error) from None
    except APIStatusError as error:
        raise status_error(
            place, error.status_code, error.response.text, error.response.headers
        ) from None
    except (APIConnectionError, httpx2.TransportError) as error:
        raise _lost(place, error) from None
    except (APIResponseValidationError, json.JSONDecodeError, UnicodeDecodeError):
        raise BadReply(f"{place} sent a body that is not valid JSON; try again.") from None
    except OpenAIError as error:
        raise BadReply(f"{place} failed: {place.scrub(str(error))[:200]}") from None


def _timed_out(place: Place, timeout: float, error: BaseException) -> ModelTimeout | ConnectionLost:
    # The aiohttp transport reports refused and dropped connections as a connect timeout.
    if isinstance(error.__cause__ or error, httpx2.ConnectTimeout):
        return _lost(place, error)
    return ModelTimeout(
        f"{place} did not answer within {timeout:g} s; try again or raise the timeout."
    )


def _lost(place: Place, error: BaseException) -> ConnectionLost:
    return ConnectionLost(
        f"cannot reach {place} ({type(_root(error)).__name__}); check the base URL and the network."
    )


def _root(error: BaseException) -> BaseException:
    """The innermost cause; only its type is shown."""
    while error.__cause__ is not None:
        error = error.__cause__
    return error
