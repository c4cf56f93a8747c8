"""An instrument while a reader builds it."""

import re
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from simulacra.domain.flow import Block, Step
from simulacra.domain.survey import Instrument, Item, Option
from simulacra.errors import InputError
from simulacra.plain_text import without_control
from simulacra.survey.formats.problems import first_problem
from simulacra.survey.formats.recoding import RESERVED, free_code, recoded
from simulacra.survey.report import ReportEntry

_LEGAL = re.compile(r"[A-Za-z][A-Za-z0-9_.]*")


def legal_id(name: str) -> str:
    """The id that a name becomes where no other has it."""
    legal = re.sub(r"[^A-Za-z0-9_.]", "_", name)
    return legal if legal[:1].isalpha() else f"q{legal}"


def name_of(item: Item) -> str:
    """What the file that an item came from called it, where that gives its id again."""
    return item.name if item.name and legal_id(item.name) == item.id else item.id


class Draft:
    """Items, ids and findings so far.

    Names of the file become ids: illegal signs turn into ``_``, and no two names share an id.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.items: list[Item] = []
        self.unasked: list[str] = []
        self.report: list[ReportEntry] = []
        self._ids: dict[str, str] = {}
        self._renamed: dict[str, dict[str, str]] = {}
        self._taken: set[str] = set()
        self._added: set[str] = set()

    def claim(self, names: list[str]) -> None:
        """Give ids to names; those that are legal keep theirs, whatever comes before them."""
        for name in sorted(names, key=lambda name: not _LEGAL.fullmatch(name)):
            self.id_of(name)

    def id_of(self, name: str) -> str:
        """The id of what the file calls ``name``."""
        if name not in self._ids:
            legal = legal_id(name)
            free, number = legal, 2
            while free in self._taken:
                free, number = f"{legal}_{number}", number + 1
            self._taken.add(free)
            self._ids[name] = free
        return self._ids[name]

    def knows(self, name: str) -> bool:
        """Whether the file has said this name."""
        return name in self._ids

    def tell(self, question: str, what: str, why: str, kept: Any = None) -> None:
        """Report a finding."""
        self.report.append(ReportEntry(question=question, what=what, why=why, kept=kept))

    def leave_out(self, name: str, what: str, why: str, kept: Any = None) -> None:
        """A question that nobody can be asked."""
        self.unasked.append(name)
        self.tell(self.id_of(name), what, why, kept)

    def add(self, name: str, **values: Any) -> Item:
        """The next item, from values of ``Item``; ``name`` is what the file calls it.

        Raises InputError where they do not fit together.
        """
        own = self.id_of(name)
        if own in self._added:
            raise InputError(f"two questions are called {name}", path=self.path, field=name)
        values["text"] = without_control(values.get("text") or "")
        if not values["text"] and not values["kind"].rowed and values["kind"] != "field":
            values["text"] = name
            self.tell(own, "no wording", "the question has no text, so its name is shown")
        values["options"] = self._options(own, values.get("options") or ())
        try:
            item = Item(id=own, name=name if name != own else "", **values)
        except ValidationError as error:
            _, sentence = first_problem(error)
            raise InputError(sentence, path=self.path, field=name) from error
        self.items.append(item)
        self._added.add(own)
        return item

    def _options(self, own: str, options: tuple[Option, ...]) -> tuple[Option, ...]:
        """The options with codes that are unique and do not stand for missing answers."""
        found: dict[str, Option] = {}
        taken = {option.code for option in options}
        for option in options:
            code = option.code
            if code in RESERVED and option.missing is None:
                renamed = self._renamed.setdefault(own, {})
                renamed.setdefault(code, free_code(code, taken))
                option = option.model_copy(update={"code": renamed[code]})
                why = f"that code stands for missing answers; it became {option.code}, in logic too"
                self.tell(own, f"option {code}", why)
            if option.code in found:
                why = "an option of this code is there already; the first one counts"
                self.tell(own, f"option {code}", why, option.label)
                continue
            found[option.code] = option
        return tuple(found.values())

    def instrument(
        self, blocks: list[Block], flow: list[Step], extra: dict[str, Any], **values: Any
    ) -> Instrument:
        """The whole; raises InputError without any item, or where the parts do not fit."""
        if not self.items:
            raise InputError("the file asks nothing that somebody could answer", path=self.path)
        try:
            whole = Instrument(
                items=tuple(self.items),
                blocks=tuple(blocks),
                flow=tuple(flow),
                unasked=tuple(self.unasked),
                extra=extra,
                **values,
            )
        except ValidationError as error:
            raise InputError(first_problem(error)[1], path=self.path) from error
        return recoded(whole, self._renamed)
