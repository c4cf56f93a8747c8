"""Questions whose key is an attribute take its new value."""

from collections.abc import Sequence

from personas.formats.text_files import plain
from simulacra.domain.persona import SelfReportQuestion


def with_new_key(
    question: SelfReportQuestion, values: Sequence[tuple[Sequence[str], Sequence[str]]]
) -> SelfReportQuestion:
    """The question with new values (pairs of old and new) in its key, word for word.

    A cloze takes the new value as its answer and loses what else was accepted. The option of a
    choice that is the key takes the new text, unless another option says that already. Any other
    question comes back as it is.
    """
    changed = question
    for old, new in values:
        if len(old) == len(new) == 1:
            changed = _replaced(changed, old[0], new[0])
    return changed


def _replaced(question: SelfReportQuestion, old: str, new: str) -> SelfReportQuestion:
    if question.kind == "cloze":
        if plain(question.answer[0]) != plain(old):
            return question
        return question.model_copy(update={"answer": (new,), "accept": ()})
    keys = [key for key in question.answer if plain(question.options[key]) == plain(old)]
    if not keys or any(plain(text) == plain(new) for text in question.options.values()):
        return question
    return question.model_copy(update={"options": {**question.options, keys[0]: new}})
