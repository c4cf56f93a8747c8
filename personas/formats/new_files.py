"""Writing a file that appears whole or not at all."""

import tempfile
from pathlib import Path

from simulacra.errors import InputError, WorkFailed


def write_new(path: Path, content: bytes, *, overwrite: bool = False) -> None:
    """Write a file beside its place and move it there.

    Raises:
        InputError: something stands there already (a folder, or a file without ``overwrite``).
        WorkFailed: the disk or the rights do not allow it.
    """
    if path.is_dir():
        raise InputError("is a folder; name a file", path=path)
    if path.exists() and not overwrite:
        raise InputError("exists already; choose another name, or ask to overwrite it", path=path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".new-", dir=path.parent) as scratch:
            fresh = Path(scratch) / "new"
            fresh.write_bytes(content)
            fresh.replace(path)
    except OSError as error:
        raise WorkFailed(
            f"{path} cannot be written ({error.strerror}); check permissions and free space."
        ) from error
