"""``simulacra chat``: a conversation in the terminal."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from simulacra.domain.answer import Reply
from simulacra.domain.run import Mechanism
from simulacra.errors import (
    BadReply,
    InputError,
    Interrupted,
    TransientModelError,
    UnknownName,
)
from ui.cli.common import ModelOption, SeedOption, clean, console, example, open_workspace, say
from ui.cli.run import checked_way
from ui.cli.why import explain

if TYPE_CHECKING:
    from simulacra.storage.conversations import Conversation
    from simulacra.workspace import Workspace
    from ui.talk import Talk

HELP = """/why            how the last reply came about
/retry          another reply to the last message
/remember TEXT  keep this as a memory
/forget WHAT    forget a learned memory: its id, or words of it
/quit           leave
/help           this list"""
NEWEST = "newest"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog=example('simulacra chat "Marta Kowalczyk" --method cognitive'))(chat)


def chat(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="Name or id of the person.")],
    id_: Annotated[
        str | None,
        typer.Argument(metavar="[ID]", help="With --resume: which conversation; else the newest."),
    ] = None,
    method: Annotated[
        str | None,
        typer.Option(help="blank, profile, retrieval or cognitive; without it, cognitive."),
    ] = None,
    mode: Annotated[
        str | None, typer.Option(help="full (agents side by side) or fused (one call); cognitive.")
    ] = None,
    without: Annotated[
        str | None,
        typer.Option(help="Agents to switch off: emotion, planning, memory; cognitive."),
    ] = None,
    model: ModelOption = None,
    seed: SeedOption = 0,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with an earlier conversation.")
    ] = False,
    branch: Annotated[
        str | None, typer.Option(help="Begin another conversation that goes on from this one.")
    ] = None,
    at: Annotated[
        int | None, typer.Option(min=1, help="With --branch: the last turn that both share.")
    ] = None,
    learn: Annotated[
        bool, typer.Option("--learn/--no-learn", help="Whether the person remembers this talk.")
    ] = True,
    rewrite: Annotated[
        bool, typer.Option("--rewrite", help="The model says what to recall by: a call more.")
    ] = False,
    reflect_every: Annotated[
        int | None, typer.Option(min=1, help="Reflect after this many new memories.")
    ] = None,
) -> None:
    """Talk with one person; the conversation is saved. /help lists what can be said to the program.

    What is said becomes memories of the person, unless --no-learn; see persona learned. A resumed
    conversation and a branch keep their method, and their model unless another one is named.
    """
    way = checked_way(method or "cognitive", mode or "full", without or "")
    if id_ is not None and not resume:
        raise InputError(f"{id_!r} goes with --resume; a name of several words needs quotes")
    if (branch is None) != (at is None) or (branch is not None and resume):
        raise InputError("--branch ID and --at TURN go together, and without --resume")
    with open_workspace(ctx) as workspace:
        earlier = _earlier(workspace, name, (id_ or NEWEST) if resume else None, branch)
        if earlier is not None:
            given = {"--method": method, "--mode": mode, "--without": without}
            _check_way(earlier, way, [one for one, value in given.items() if value is not None])
            earlier = earlier if at is None else workspace.conversations.branch(earlier.id, at)
        talk = _open(workspace, name, way, model, seed, learn, rewrite, earlier)
        say(f"{talk.persona.name}, on {talk.model} ({talk.way.label}). "
            "Write /help for the commands.")  # fmt: skip
        if talk.learns:
            say(f"{talk.persona.name} will remember this talk (--no-learn: leaves no trace).")
        if talk.id:
            say(f"Conversation {talk.id} goes on after {talk.turns} replies.")
        if talk.lost:
            say(f"Your last message got no reply; /retry says it again: {clean(talk.lost)}")
        with asyncio.Runner() as runner:
            try:
                sitting = Sitting(talk, runner, reflect_every)
                sitting.converse()
                sitting.learn()
            finally:
                runner.run(workspace.aclose())
        if talk.turns:
            say(f"Saved as conversation {talk.id}, {talk.turns} replies.")
    if not sitting.answered:
        raise typer.Exit(1)


def _earlier(
    workspace: "Workspace", name: str, resume: str | None, branch: str | None
) -> "Conversation | None":
    """The conversation to go on with, if any; it has to be with the person named."""
    if resume is None and branch is None:
        return None
    person = workspace.personas.find(name)
    if resume == NEWEST:
        found = workspace.conversations.list(person.id)
        if not found:
            raise UnknownName(f"there is no conversation with {person.id} to resume")
        return found[0]
    earlier = workspace.conversations.get(resume or branch or "")
    if earlier.persona.id != person.id:
        raise InputError(f"conversation {earlier.id} is with {earlier.persona.id}")
    return earlier


def _check_way(earlier: "Conversation", way: Mechanism, given: list[str]) -> None:
    """A conversation keeps its way; options that were given and would change it are refused."""
    parts = {
        "--method": way.method != earlier.method,
        "--mode": way.mode != earlier.mode,
        "--without": way.without != earlier.without,
    }
    if other := [one for one in given if parts[one]]:
        raise InputError(
            f"conversation {earlier.id} is {earlier.way.label}, and goes on so: "
            f"leave out {' and '.join(other)}, or begin another one"
        )


def _open(
    workspace: "Workspace",
    name: str,
    way: Mechanism,
    model: str | None,
    seed: int,
    learn: bool,
    rewrite: bool,
    earlier: "Conversation | None",
) -> "Talk":
    from ui.talk import Talk

    if earlier is None:
        person = workspace.personas.get(name)
        spec = model or workspace.settings.model
    else:
        person = workspace.personas.load(earlier.persona)
        way, spec = earlier.way, model or earlier.model
    return Talk(workspace, person, way, spec, seed, resume=earlier, learns=learn, rewrites=rewrite)


class Sitting:
    """Somebody at the terminal, talking with a person.

    ``answered`` is False where something was said and nothing of it was answered.
    """

    def __init__(
        self, talk: "Talk", runner: asyncio.Runner, reflect_every: int | None = None
    ) -> None:
        self._talk, self._runner = talk, runner
        self._reflect_every, self._new = reflect_every, 0
        self._said = self._got = False
        self._commands: dict[str, Callable[[str], None]] = {
            "/help": lambda _: console().print(HELP),
            "/why": lambda _: explain(talk.last),
            "/retry": lambda _: self._reply(talk.retry()),
            "/remember": self._remember,
            "/forget": self._forget,
        }

    @property
    def answered(self) -> bool:
        """Whether what was said was answered, once at least."""
        return self._got or not self._said

    def converse(self) -> None:
        """Read lines and reply to them until /quit or the end of the input."""
        for line in _lines():
            command, _, rest = line.partition(" ")
            if command == "/quit":
                return
            if not line.startswith("/"):
                self._said = True
                self._reply(self._talk.say(line))
                self.learn(due_only=True)
            elif command in self._commands:
                try:
                    self._commands[command](rest.strip())
                except InputError as error:
                    say(f"Error: {error}")
            else:
                say(f"There is no command {command}; /help lists them.")

    def learn(self, *, due_only: bool = False) -> None:
        """Let the person make memories of the talk, and say what came of it."""
        try:
            progress = self._runner.run(self._talk.learn(due_only=due_only))
        except (TransientModelError, BadReply) as error:
            say(f"Nothing was learned: {error} It is tried again when the talk is resumed.")
            return
        if progress.any:
            say(f"{self._talk.persona.name} goes over it: {progress.words}.")
        self._new += len(progress.kept)
        if self._reflect_every is not None and self._new >= self._reflect_every:
            self._new = 0
            self._reflect()

    def _reflect(self) -> None:
        try:
            made = self._runner.run(self._talk.reflect())
        except (TransientModelError, BadReply, InputError) as error:
            say(f"No reflection: {error}")
            return
        for one in made:
            say(f"{self._talk.persona.name} reflects: {one.memory.summary or one.memory.content}")

    def _remember(self, text: str) -> None:
        learned = self._talk.remember(text)
        if learned.status == "question":
            say(f"Kept as the question {learned.id}: it is at odds with {learned.contradicts}.")
        else:
            say(f"Remembered as {learned.id}.")

    def _forget(self, what: str) -> None:
        forgotten, *resting = self._talk.forget(what)
        say(f"Forgotten: {forgotten.id}, {forgotten.memory.summary or forgotten.memory.content}")
        for one in resting:
            kind = "a reflection on it" if one.memory.links else "the same, told again"
            say(f"Withdrawn with it: {one.id}, {kind}: {one.memory.summary or one.memory.content}")

    def _reply(self, pieces: AsyncIterator[str | Reply]) -> None:
        """Stream one reply to stdout; a passing failure, or Ctrl-C, keeps what was before."""

        async def stream() -> None:
            begun = False
            async for piece in pieces:
                if not begun:
                    print(f"{self._talk.persona.name}: ", end="", flush=True)
                    begun = True
                if isinstance(piece, str):
                    print(clean(piece), end="", flush=True)

        try:
            self._runner.run(stream())
            self._got = True
        except (TransientModelError, BadReply) as error:
            say(f"\nNo reply: {error} Say it again, or /retry, to try once more.")
        except (Interrupted, KeyboardInterrupt):
            say("\nStopped; what was said before is kept. /quit leaves.")
        finally:
            print()


def _lines() -> Iterator[str]:
    """Lines of the input that hold something; a prompt only where somebody types."""
    while True:
        try:
            line = input("You: ") if sys.stdin.isatty() else sys.stdin.readline()
        except (EOFError, KeyboardInterrupt):
            print()
            return
        except UnicodeDecodeError:
            raise InputError("the input is not UTF-8 text") from None
        if not line and not sys.stdin.isatty():
            return
        if any("\ud800" <= one <= "\udfff" for one in line):  # so some terminals give bad bytes
            say("That was no UTF-8 text, and was left out.")
        elif line.strip():
            yield line.strip()
