"""``simulacra chat``: a conversation in the terminal."""

import asyncio
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from simulacra.domain.answer import Reply
from simulacra.errors import BadReply, InputError, TransientModelError
from ui.cli.common import ModelOption, SeedOption, clean, console, example, open_workspace, say
from ui.cli.run import ModeOption, WithoutOption, checked_way

if TYPE_CHECKING:
    from ui.talk import Talk

HELP = "/why  how the last reply came about\n/quit  leave\n/help  this list"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog=example('simulacra chat "Marta Kowalczyk" --method cognitive'))(chat)


def chat(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="Name or id of the person.")],
    method: Annotated[str, typer.Option(help="blank, profile, retrieval or cognitive.")] = (
        "cognitive"
    ),
    mode: ModeOption = "full",
    without: WithoutOption = "",
    model: ModelOption = None,
    seed: SeedOption = 0,
) -> None:
    """Talk with one person; the conversation is saved. /why explains a reply, /quit leaves."""
    way = checked_way(method, mode, without)
    with open_workspace(ctx) as workspace:
        from ui.talk import Talk

        person = workspace.personas.get(name)
        talk = Talk(workspace, person, way, model or workspace.settings.model, seed)
        say(f"{person.name}, on {talk.model} ({way.label}). Write /help for the commands.")
        with asyncio.Runner() as runner:
            try:
                answered = _converse(talk, runner)
            finally:
                runner.run(workspace.aclose())
        if talk.id:
            say(f"Saved as conversation {talk.id}, {talk.turns} replies.")
    if not answered:
        raise typer.Exit(1)


def _converse(talk: "Talk", runner: asyncio.Runner) -> bool:
    """Read lines and reply to them until /quit or the end of the input.

    False where something was said and nothing of it was answered.
    """
    last: Reply | None = None
    said = False
    for line in _lines():
        if line == "/quit":
            break
        if line == "/help":
            console().print(HELP)
        elif line == "/why":
            explain(last)
        elif line.startswith("/"):
            say(f"There is no command {line.split()[0]}; /help lists them.")
        else:
            said = True
            last = _reply(talk, line, runner) or last
    return last is not None or not said


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
        if line.strip():
            yield line.strip()


def _reply(talk: "Talk", message: str, runner: asyncio.Runner) -> Reply | None:
    """Stream one reply to stdout; None where a passing failure kept the model from answering."""

    async def stream() -> Reply | None:
        whole = None
        async for piece in talk.say(message):
            if isinstance(piece, Reply):
                whole = piece
            else:
                print(clean(piece), end="", flush=True)
        return whole

    print(f"{talk.persona.name}: ", end="", flush=True)
    try:
        return runner.run(stream())
    except (TransientModelError, BadReply) as error:
        say(f"\nNo reply: {error} Say it again to try once more.")
        return None
    finally:
        print()


def explain(reply: Reply | None) -> None:
    """Memories, feeling, plan and calls behind a reply."""
    out = console()
    if reply is None:
        out.print("Nothing has been said yet.")
        return
    if not (reply.recalled or reply.emotion or reply.plan):
        out.print("No memories, feeling or plan: this method replies in one step.")
    for one in reply.recalled:
        memory = one.memory
        when = f", {memory.when}" if memory.when else ""
        out.print(f"  {one.score:.3f}  {memory.id}{when}: {memory.summary or memory.content}")
    if reply.emotion:
        feeling = reply.emotion
        named = ", ".join(f"{name} {level:g}" for name, level in feeling.intensities.items())
        out.print(f"Feeling: {feeling.feeling or named or 'calm'}")
        out.print(
            f"  valence {feeling.valence:+.1f}, arousal {feeling.arousal:.1f}"
            + (f"; {named}" if named and feeling.feeling else "")
        )
    if reply.plan:
        out.print(f"Plan: {reply.plan}")
    for call in reply.calls:
        usage = call.usage
        out.print(
            f"Call: {call.request.agent}, {usage.tokens_in} tokens in ({usage.tokens_cached} "
            f"cached), {usage.tokens_out} out, {call.latency:.1f} s"
        )
