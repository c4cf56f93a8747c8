"""``simulacra export`` names what it can write."""

from typing import Any

from simulacra.export import FORMATS


def test_help_names_every_format(run: Any) -> None:
    assert ",".join(FORMATS) in "".join(run("export", "--help").stdout.split())
