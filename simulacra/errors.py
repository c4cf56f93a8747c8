"""Every error the project raises on purpose.

    SimulacraError
    ├── InputError             what the user gave cannot be used          exit 2
    │   ├── UnknownName        no such persona, run, model spec, format
    │   └── WorkspaceTooNew    the database was written by a newer version
    ├── WorkFailed             the input was good, the work failed        exit 1
    │   ├── Busy               another process is at the same work
    │   └── StorageError       read-only, full disk, database gone
    ├── BudgetSpent            a limit set by the user: pauses a run
    ├── Interrupted            the user asked to stop: no further call is made
    └── ModelError             a model gave no usable reply
        ├── TransientModelError   a later try may succeed
        │   ├── RateLimited       429
        │   ├── ModelTimeout      no reply in time
        │   ├── ConnectionLost    the connection broke or was refused
        │   └── ServerFailed      5xx
        ├── BadReply           truncated or malformed; another try may give another reply
        └── FatalModelError    no retry can mend it: key, model name, unreachable server

A message is one clear sentence that says what to do; it never holds a key.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self


class SimulacraError(Exception):
    """Root of the tree; ``exit_code`` is what the command line returns.

    ``calls`` are the model calls (``simulacra.domain.call.Call``) that came back before the work
    failed, or whose reply was no good: they are paid for, so they are never lost.
    """

    exit_code = 1
    calls: tuple[Any, ...] = ()

    def after(self, calls: Iterable[Any]) -> Self:
        """This error, with the model calls that came back before it."""
        self.calls = (*calls, *self.calls)
        return self


class InputError(SimulacraError):
    """Something the user gave cannot be used.

    ``path``, ``line`` and ``field`` say where, as far as known.
    """

    exit_code = 2

    def __init__(
        self,
        message: str,
        *,
        path: Path | str | None = None,
        line: int | None = None,
        field: str | None = None,
    ) -> None:
        self.path, self.line, self.field = path, line, field
        place = ", ".join(
            part
            for part in (
                str(path) if path is not None else "",
                f"line {line}" if line is not None else "",
                f"field {field}" if field is not None else "",
            )
            if part
        )
        super().__init__(f"{place}: {message}" if place else message)


class UnknownName(InputError):
    """A name that stands for nothing here."""


class WorkspaceTooNew(InputError):
    """The workspace was written by a newer version of the program."""


class WorkFailed(SimulacraError):
    """The input was good and the work failed all the same."""


class Busy(WorkFailed):
    """Another process is at the same work, which would be bought twice."""


class StorageError(WorkFailed):
    """The database cannot be read or written."""


class BudgetSpent(SimulacraError):
    """A budget in calls, tokens or money is used up; the run pauses and can be resumed."""


class Interrupted(SimulacraError):
    """The user asked to stop; calls under way end, no further one is made."""


class ModelError(SimulacraError):
    """A model gave no usable reply."""


class TransientModelError(ModelError):
    """A failure that a later try may mend; ``retry_after`` in seconds where the server said so."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(message)


class RateLimited(TransientModelError):
    """The server answered 429."""


class ModelTimeout(TransientModelError):
    """The server did not answer in time."""


class ConnectionLost(TransientModelError):
    """The connection was refused or broke."""


class ServerFailed(TransientModelError):
    """The server answered 5xx."""


class BadReply(ModelError):
    """The reply is truncated or malformed."""


class FatalModelError(ModelError):
    """No retry can mend it: wrong key, unknown model, unreachable server, bad request."""
