"""Prompts are Markdown files: found by name, rendered with named variables, hashed.

A file holds one or more messages, each under a heading that names its role::

    # system
    You are {{ name }}.

    # user
    {{ question }}

A variable that the caller does not give, and one that the file does not use, are both errors.
"""

import hashlib
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

from jinja2 import Environment, StrictUndefined, UndefinedError, meta

from simulacra.domain.base import Frozen
from simulacra.domain.call import Message, Role
from simulacra.errors import InputError

FOLDER = Path(__file__).parent / "prompts"
_HEADING = re.compile(r"^# (system|user|assistant)\s*$", re.MULTILINE)
_ENVIRONMENT = Environment(
    undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
)


class Prompt(Frozen):
    """A rendered prompt with the name and hash (SHA-256, 12 hex digits) of its template."""

    name: str
    hash: str
    messages: tuple[Message, ...]


class Template:
    """One prompt file, compiled."""

    def __init__(self, name: str, text: str) -> None:
        """Compile ``text``; raises InputError for text that stands under no role heading."""
        parts = _HEADING.split(text)
        if len(parts) < 3:
            raise InputError(f"prompt {name} has no '# system', '# user' or '# assistant' heading")
        if parts[0].strip():
            raise InputError(f"prompt {name} has text before its first heading")
        self.name = name
        self.hash = hashlib.sha256(text.encode()).hexdigest()[:12]
        self.variables = meta.find_undeclared_variables(_ENVIRONMENT.parse(text))
        self._parts = [
            (cast(Role, role), _ENVIRONMENT.from_string(body.strip("\n")))
            for role, body in zip(parts[1::2], parts[2::2], strict=True)
        ]

    def render(self, variables: Mapping[str, Any]) -> Prompt:
        """Fill in the variables; messages that come out empty are left out.

        Raises InputError for a missing or an unused variable.
        """
        if unused := sorted(set(variables) - self.variables):
            raise InputError(f"prompt {self.name} does not use {', '.join(unused)}")
        if missing := sorted(self.variables - set(variables)):
            raise InputError(f"prompt {self.name} needs {', '.join(missing)}")
        try:
            texts = [(role, body.render(variables).strip()) for role, body in self._parts]
        except UndefinedError as error:
            raise InputError(f"prompt {self.name}: {error.message}") from error
        messages = tuple(Message(role=role, text=text) for role, text in texts if text)
        return Prompt(name=self.name, hash=self.hash, messages=messages)


@cache
def find_template(name: str, folder: Path = FOLDER) -> Template:
    """The template ``name`` of a folder of Markdown files.

    Raises InputError if there is no such file.
    """
    path = folder / f"{name}.md"
    if not path.is_file():
        raise InputError(f"no prompt named {name}", path=folder)
    return Template(name, path.read_text(encoding="utf-8"))


def template_hashes(folder: Path = FOLDER) -> dict[str, str]:
    """Name and hash of every prompt in a folder, sorted by name."""
    return {
        path.stem: find_template(path.stem, folder).hash for path in sorted(folder.glob("*.md"))
    }
