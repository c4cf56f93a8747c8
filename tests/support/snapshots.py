"""Prompts as rendered, kept as text files to be read and compared."""

from pathlib import Path

from simulacra.domain.call import Request

FOLDER = Path(__file__).parents[1] / "snapshots"


def readable(request: Request) -> str:
    """The messages of a request, each under its role."""
    parts = [f"[{message.role}]\n{message.text}\n" for message in request.messages]
    return "\n".join(parts)


class Snapshots:
    """Compares texts with the files in ``tests/snapshots``; writes them where that was asked."""

    def __init__(self, update: bool) -> None:
        self._update = update

    def check(self, name: str, text: str) -> None:
        path = FOLDER / f"{name}.txt"
        if self._update:
            FOLDER.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        kept = path.read_text(encoding="utf-8") if path.is_file() else ""
        assert text == kept, f"{path.name} differs; if it should: pytest --update-snapshots"
