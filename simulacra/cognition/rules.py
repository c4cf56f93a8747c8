"""Rules in files: regular expressions in YAML, with fragments that stand for parts of them."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FOLDER = Path(__file__).parent
_SAME = str.maketrans({**dict.fromkeys("‘’ʼ´`", "'"), **dict.fromkeys("“”„«»", '"')})


@cache
def rules(name: str) -> dict[str, Any]:
    """The document of a rule file without its fragments, every text in it a compiled pattern.

    A fragment may use those that stand before it, as ``<name>``.
    """
    document = yaml.safe_load((_FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    fragments: dict[str, str] = {}

    def whole(pattern: str) -> str:
        return re.sub(r"<([a-z]+)>", lambda found: fragments[found[1]], pattern)

    def compiled(part: Any) -> Any:
        if isinstance(part, str):
            return re.compile(whole(part))
        if isinstance(part, list):
            return tuple(compiled(one) for one in part)
        return {name: compiled(one) for name, one in part.items()}

    for fragment, text in document.pop("fragments").items():
        fragments[fragment] = whole(text)
    return {name: compiled(part) for name, part in document.items()}


def plain(text: str) -> str:
    """Text as the rules see it: lower case, straight quotes, single spaces, no emphasis."""
    return " ".join(text.translate(_SAME).replace("*", "").casefold().split())
