"""What an HTTP status from a model server means, and where that server is."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from pydantic import SecretStr

from simulacra.errors import FatalModelError, ModelError, RateLimited, ServerFailed

_TOO_LONG = ("context_length", "context length", "exceed_context", "context size", "too many tok")


class Place:
    """A model at a URL, as messages name it; knows its key only to keep it out of them."""

    def __init__(self, url: str, model: str, key: SecretStr | None = None) -> None:
        self.url, self.model, self.key = url.rstrip("/"), model, key

    def __str__(self) -> str:
        return f"{self.model} at {self.scrub(self.url)}"

    def scrub(self, text: str) -> str:
        """The text without the key, should a server or a URL echo it."""
        secret = self.key.get_secret_value() if self.key else ""
        return text.replace(secret, "[key]") if secret else text


def status_error(place: Place, status: int, body: str, headers: Mapping[str, str]) -> ModelError:
    """The error that a failed HTTP status stands for; never retried where no retry can mend it."""
    said, code = _said(place.scrub(body))
    tail = f" The server says: {said}" if said else ""
    if status == 429:
        return _too_many(place, code, headers, tail)
    if status in (408, 409) or status >= 500:
        return ServerFailed(
            f"{place} failed with status {status}; try again later.{tail}",
            retry_after=retry_after(headers),
        )
    if status in (401, 403):
        return FatalModelError(f"{place} refused the key; set OPENAI_API_KEY to a valid one.{tail}")
    if status == 404:
        return FatalModelError(
            f"{place} does not exist; check the model's name and OPENAI_BASE_URL.{tail}"
        )
    if any(mark in f"{code} {said}".lower() for mark in _TOO_LONG):
        return FatalModelError(
            f"The prompt is longer than {place} can read; shorten the material or choose a model "
            f"with a larger context.{tail}"
        )
    return FatalModelError(f"{place} refused the request with status {status}.{tail}")


def _too_many(place: Place, code: str, headers: Mapping[str, str], tail: str) -> ModelError:
    if code == "insufficient_quota":
        return FatalModelError(f"The account for {place} has no quota left; top it up.{tail}")
    return RateLimited(
        f"{place} gets too many requests; lower the concurrency or set a rate limit.{tail}",
        retry_after=retry_after(headers),
    )


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait by the Retry-After header (seconds or an HTTP date, RFC 9110 10.2.3)."""
    value = headers.get("Retry-After", "").strip()
    if not value:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())


def _said(body: str) -> tuple[str, str]:
    """The server's own message (one line, at most 300 characters) and its error code."""
    error: Any = None
    try:
        error = json.loads(body)
    except json.JSONDecodeError:
        return " ".join(body.split())[:300], ""
    error = error.get("error", error) if isinstance(error, dict) else error
    if not isinstance(error, dict):
        return str(error)[:300], ""
    code = str(error.get("code") or error.get("type") or "")
    return " ".join(str(error.get("message", "")).split())[:300], code
