"""What makes a reply worth a check of its role: words and ideas, wide on purpose.

The rules of faults know what they know; the gate only says where a model should look. It stands in
``gate.yaml``. Nothing is ever decided here.
"""

from simulacra.cognition.rules import plain, rules


def suspicions(reply: str, asked: str) -> tuple[str, ...]:
    """The ideas that open the gate, by name and in order; none where it stays shut.

    ``asked`` are the words that were said to the person: after some of them every reply counts.
    """
    known = rules("gate")
    heard = ((known["reply"], plain(reply)), (known["asked"], plain(asked)))
    return tuple(
        idea
        for ideas, text in heard
        for idea, patterns in ideas.items()
        if any(pattern.search(text) for pattern in patterns)
    )
