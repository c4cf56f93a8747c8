"""What ``/why`` tells in a chat: memories, feeling, plan, calls and doubts behind a reply."""

from simulacra.cognition.role_check import verdict_of
from simulacra.cognition.shown import SHOWN, shown_of
from simulacra.domain.answer import Reply
from ui.cli.common import console

_MARKS = {"conversation": "learned", "reflection": "reflection"}


def explain(reply: Reply | None) -> None:
    """Memories, feeling, plan and calls behind a reply."""
    out = console()
    if reply is None:
        out.print("Nothing has been said yet.")
        return
    if not (reply.recalled or reply.emotion or reply.plan):
        out.print("No memories, feeling or plan: this method replies in one step.")
    shown = shown_of(reply)
    for one in reply.recalled:
        memory = one.memory
        when = f", {memory.when}" if memory.when else ""
        marks = (_MARKS.get(memory.origin, ""), SHOWN[shown[memory.id]])
        mark = "".join(f" ({one})" for one in marks if one)
        rests = f", rests on {', '.join(memory.links)}" if memory.links else ""
        text = memory.summary or memory.content
        parts = ", ".join(f"{name} {share:g}" for name, share in one.why.items())
        out.print(f"  {one.score:.3f}  {memory.id}{when}{mark}: {text}{rests}")
        if parts:
            out.print(f"         by {parts}")
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
        if verdict := verdict_of(call):
            found = {"in": "in role", "out": "out of role"}[verdict.role]
            out.print(f"  The reply was found {found}: {verdict.why}")
