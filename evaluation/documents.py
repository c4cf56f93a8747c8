"""Values in YAML files."""

from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import ValidationError

from simulacra.domain.base import Frozen
from simulacra.errors import InputError

T = TypeVar("T", bound=Frozen)


def parsed(kind: type[T], path: Path) -> T:
    """A value of a kind from a YAML file.

    Raises:
        InputError: the file cannot be read or holds something else.
    """
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        return kind.model_validate(data or {})
    except OSError as error:
        raise InputError(f"the file cannot be read: {error.strerror}", path=path) from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise InputError("this is no YAML", path=path) from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{place}: {first['msg']}", path=path) from None
