"""``simulacra conversations``: what was talked about, turn by turn."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulacra.domain.emotion import baseline_of, trajectory
from simulacra.errors import InputError, StorageError
from ui.cli.common import (
    JsonOption,
    clean,
    console,
    example,
    open_workspace,
    print_json,
    print_rows,
    say,
)

if TYPE_CHECKING:
    from simulacra.domain.call import Call
    from simulacra.storage.conversations import Conversation, SetAside, Turn
    from simulacra.workspace import Workspace

app = typer.Typer(help="Conversations: list, show, export.", no_args_is_help=True)

ConversationId = Annotated[
    str, typer.Argument(help="The conversation's id, as `simulacra conversations list` shows it.")
]


@app.command("list", epilog=example("simulacra conversations list --json"))
def list_(ctx: typer.Context, json_: JsonOption = False) -> None:
    """All conversations, newest first."""
    with open_workspace(ctx) as workspace:
        found = workspace.conversations.list()
    if json_:
        print_json([one.model_dump(mode="json") for one in found])
        return
    if not found:
        console().print("No conversations yet. Start one: simulacra chat NAME")
        return
    print_rows(
        ("id", "person", "replies", "way", "model", "branch of", "started"),
        [
            (
                one.id,
                one.persona.id,
                str(one.turns),
                one.way.label,
                one.model,
                f"{one.parent} at {one.branched_at}" if one.parent else "",
                f"{one.created:%Y-%m-%d %H:%M}",
            )
            for one in found
        ],
    )


@app.command(epilog=example("simulacra conversations show 1f2e3d4c5b6a7988"))
def show(ctx: typer.Context, conversation_id: ConversationId, json_: JsonOption = False) -> None:
    """One conversation: its turns, the mood that each left, what it cost."""
    with open_workspace(ctx) as workspace:
        told = Told(workspace, conversation_id)
    if json_:
        print_json(told.facts())
    else:
        print(clean(told.markdown()), end="")


@app.command(epilog=example("simulacra conversations export 1f2e3d4c5b6a7988 --out talk.md"))
def export(
    ctx: typer.Context,
    conversation_id: ConversationId,
    out: Annotated[Path, typer.Option(help="A file that ends in .md, .json or .svg.")],
    json_: JsonOption = False,
) -> None:
    """Write a conversation to a file.

    Markdown to read, JSON with everything that was stored, SVG with the course of the mood.
    """
    forms = {".md": Told.markdown, ".json": Told.json, ".svg": Told.figure}
    if out.suffix not in forms:
        raise InputError(f"{out.name} has to end in .md, .json or .svg")
    with open_workspace(ctx) as workspace:
        told = Told(workspace, conversation_id)
    text = forms[out.suffix](told)
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise StorageError(f"cannot write {out} ({error.strerror})") from None
    if json_:
        print_json({"id": conversation_id, "file": str(out), "turns": len(told.turns)})
    else:
        say(f"Written: {out}")


class Told:
    """A conversation with all that is stored of it, ready to be shown."""

    def __init__(self, workspace: "Workspace", conversation_id: str) -> None:
        """Raises UnknownName where there is no such conversation."""
        store = workspace.conversations
        self.about: Conversation = store.get(conversation_id)
        self.turns: list[Turn] = store.turns(conversation_id)
        self.aside: list[SetAside] = store.set_aside(conversation_id)
        self._persona = workspace.personas.load(self.about.persona)
        self.name = self._persona.name
        learning = workspace.learned.calls(self.about.persona.id, conversation_id)
        own = self.turns[self.about.branched_at :]
        self._calls: list[Call] = [
            *(call for turn in own for call in turn.reply.calls),
            *(call for one in self.aside for call in one.reply.calls),
            *learning,
        ]

    def facts(self) -> dict[str, Any]:
        """Everything but the prompts, for machines; ``cost`` leaves shared turns to the parent."""
        return {
            **self.about.model_dump(mode="json"),
            "name": self.name,
            "turns": [
                {
                    "turn": turn.position + 1,
                    "at": turn.created.isoformat(),
                    "text": turn.text,
                    "reply": turn.reply.text,
                    "emotion": turn.reply.emotion and turn.reply.emotion.model_dump(mode="json"),
                    "plan": turn.reply.plan and turn.reply.plan.model_dump(mode="json"),
                    "recalled": [one.memory.id for one in turn.reply.recalled],
                    "calls": len(turn.reply.calls),
                }
                for turn in self.turns
            ],
            "set_aside": [
                {
                    "turn": one.position + 1,
                    "reason": one.reason,
                    "text": one.text,
                    "reply": one.reply.text,
                    "calls": len(one.reply.calls),
                }
                for one in self.aside
            ],
            "calls": sum(one.attempts for one in self._calls),
            "tokens": sum(one.usage.tokens_in + one.usage.tokens_out for one in self._calls),
            "cost": sum(one.cost for one in self._calls),
        }

    def json(self) -> str:
        """The conversation as it is stored, prompts and calls included."""
        whole = {
            "conversation": self.about.model_dump(mode="json"),
            "turns": [one.model_dump(mode="json") for one in self.turns],
            "set_aside": [one.model_dump(mode="json") for one in self.aside],
        }
        return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"

    def markdown(self) -> str:
        """The conversation to be read: who said what, and the mood along the way."""
        about = self.about
        lines = [
            f"# A conversation with {self.name}",
            "",
            f"{about.created:%Y-%m-%d %H:%M} UTC, {about.model}, {about.way.label}, "
            f"conversation {about.id}"
            + (f", branch of {about.parent} at turn {about.branched_at}" if about.parent else "")
            + f". {len(self.turns)} turns, {sum(one.attempts for one in self._calls)} model calls, "
            f"${sum(one.cost for one in self._calls):.4f}.",
        ]
        for turn in self.turns:
            lines += ["", f"## {turn.position + 1}", "", f"**You:** {turn.text}"]
            lines += ["", f"**{self.name}:** {turn.reply.text}"]
            for one in self.aside:
                if one.position == turn.position and one.reason == "superseded":
                    lines += ["", f"*An earlier reply, superseded:* {one.reply.text}"]
        return "\n".join([*lines, *self._mood()]) + "\n"

    def figure(self) -> str:
        """The mood along the way as an SVG, with what the person returns to.

        Raises:
            InputError: no mood was kept.
        """
        from evaluation.moods import mood_figure, of_conversation, standing_alone

        moments = of_conversation((turn.text, turn.reply) for turn in self.turns)
        if all(moment.emotion is None for moment in moments):
            raise InputError(f"conversation {self.about.id} holds no moods: {self.about.way.label}")
        baseline = baseline_of(self._persona.personality.domain_levels())
        drawn = mood_figure(moments, baseline, name=self.name)
        return standing_alone(drawn)

    def _mood(self) -> list[str]:
        moments = trajectory((turn.text, turn.reply.emotion) for turn in self.turns)
        felt = [(one.turn, one.emotion) for one in moments if one.emotion is not None]
        if not felt:
            return []
        head = ["", "## Mood", "", "| turn | valence | arousal | feeling |", "|---|---|---|---|"]
        return head + [
            f"| {turn} | {state.valence:+.2f} | {state.arousal:.2f} | {_cell(state.words)} |"
            for turn, state in felt
        ]


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
