"""What the variables of a LimeSurvey file stand for, in conditions and in texts."""

import re
from functools import cached_property

from simulacra.survey.expression import Expression, Reference, Selected
from simulacra.survey.formats.draft import Draft
from simulacra.survey.formats.lss.tables import Record
from simulacra.survey.formats.markup import plain
from simulacra.survey.formats.trees import Untranslatable
from simulacra.survey.piping import escaped

OTHER = "-oth-"


class Variables:
    """The questions of a file by the names that its logic calls them."""

    def __init__(self, questions: list[Record], own: dict[str, str], draft: Draft) -> None:
        """``own``: ids of ours that questions keep in an attribute, by the file's id of them."""
        self._questions, self._own, self._draft = questions, own, draft
        self.codes = {q.get("qid", ""): self._code(q) for q in questions}
        self.letters = {self._code(q): q.get("type", "") for q in questions}
        draft.claim(list(dict.fromkeys(self.codes.values())))

    def _code(self, question: Record) -> str:
        own = self._own.get(question.get("qid", ""))
        return own or question.get("title") or f"Q{question.get('qid', '')}"

    def resolve(self, name: str) -> Expression:
        """What a variable of the Expression Manager stands for."""
        name, _, how = name.partition(".")
        if how not in ("", "NAOK", "code", "value", "valueNAOK", "shown"):
            raise Untranslatable(f"there is no counterpart of .{how}")
        name = self._titles.get(name, name)
        if found := re.fullmatch(r"\d+X\d+X(\d+)(\w*)", name):
            code = self.codes.get(found[1], "")
            return (
                self._part(code, found[2]) if found[2] else Reference(item=self._draft.id_of(code))
            )
        if name in self.letters:
            return Reference(item=self._draft.id_of(name))
        head, _, tail = name.partition("_")
        head = self._titles.get(head, head)
        if head in self.letters:
            return self._part(head, tail)
        if name in ("self", "this", "that"):
            raise Untranslatable(f"there is no counterpart of {name}")
        return Reference(item=self._draft.id_of(name))

    @cached_property
    def _titles(self) -> dict[str, str]:
        """Codes that stand in the file for longer ids of ours."""
        return {q.get("title", ""): self._code(q) for q in self._questions}

    def _part(self, code: str, tail: str) -> Expression:
        own, letter = self._draft.id_of(code), self.letters[code]
        if letter in "MP":
            return Selected(item=own, code=OTHER if tail == "other" else tail)
        if letter in "1;:" and "_" in tail:
            row, _, column = tail.partition("_")
            return Reference(item=f"{own}_{column}_{row}")
        return Reference(item=f"{own}_{tail}")

    def plain(self, text: str) -> str:
        """A text without markup, with our pipes in place of the file's."""

        def pipe(part: str) -> str:
            name = re.fullmatch(r"\{(\w+)(\.\w+)?\}", part)
            if name is None or name[1].partition("_")[0] not in self.letters:
                return escaped(part)
            tree = self.resolve(name[1])
            return f"${{{tree.item}}}" if isinstance(tree, Reference) else escaped(part)

        return "".join(map(pipe, re.split(r"(?<!\$)(\{[^{}]+\})", plain(text))))
