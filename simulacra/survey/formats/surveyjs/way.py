"""Pages of a SurveyJS survey in order, and what happens between them."""

from collections.abc import Iterable
from typing import Any

from simulacra.domain.flow import Block, Branch, Loop, SetField, Show, Step, steps_of
from simulacra.domain.survey import Item, Skip
from simulacra.survey.condition import parse_condition
from simulacra.survey.expression import items_of
from simulacra.survey.piping import pipes_of


class Way:
    """Blocks and flow while they are built."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._pages: list[tuple[str | None, str]] = []
        self._condition: str | None = None
        self._actions: list[tuple[Step, list[str]]] = []
        self._run: list[str] = []
        self._page: dict[str, Any] = {}

    def begin(self, name: str, title: str, condition: str | None, *, shuffle: bool) -> None:
        """A page begins."""
        self._page = {"id": name, "title": title, "shuffle": shuffle}
        self._condition = condition

    def place(self, item: str) -> None:
        """A question stands on the page."""
        self._run.append(item)

    def loop(self, name: str, title: str, items: Iterable[str], loop: Loop) -> None:
        """A dynamic panel stands on the page."""
        self.end()
        self._add(Block(id=self._free(name), title=title, pages=(tuple(items),), loop=loop))

    def end(self) -> None:
        """The page, or a part of it, ends."""
        if self._run:
            page = {**self._page, "id": self._free(str(self._page["id"]))}
            self._add(Block(pages=(tuple(self._run),), **page))
            self._run = []

    def after(self, step: Step, condition: str | None) -> None:
        """Something that happens once what it looks at is answered."""
        texts = [condition or "", getattr(step, "expression", None) or ""]
        looked = [item for one in texts if one for item in items_of(parse_condition(one))]
        looked += [pipe.name for pipe in pipes_of(getattr(step, "text", ""))]
        whole = Branch(condition=condition, then=(step,)) if condition else step
        self._actions.append((whole, looked))

    def _add(self, block: Block) -> None:
        self.blocks.append(block)
        self._pages.append((self._condition, block.id))

    def _free(self, name: str) -> str:
        taken, number, free = {block.id for block in self.blocks}, 2, name or "page"
        while free in taken:
            free, number = f"{name}_{number}", number + 1
        return free

    def flow(self) -> list[Step]:
        """The steps; none where the pages just follow each other."""
        steps: list[list[Step]] = [[]]
        for condition, name in self._pages:
            step: Step = Show(block=name)
            steps.append([Branch(condition=condition, then=(step,)) if condition else step])
        places = self._places()
        for step, looked in self._actions:
            sets = [one.field for one in steps_of([step]) if isinstance(one, SetField)]
            at = max((_place(one, places) for one in looked), default=0)
            places |= dict.fromkeys(sets, at)
            steps[at].append(step)
        whole = [step for some in steps for step in some]
        plain = whole == [Show(block=block.id) for block in self.blocks]
        return [] if plain else whole

    def _places(self) -> dict[str, int]:
        """Number of the page, or part of one, from 1, of every item."""
        blocks = {block.id: block for block in self.blocks}
        return {
            item: at
            for at, (_, name) in enumerate(self._pages, start=1)
            for item in blocks[name].items
        }


def skipped(items: list[Item], blocks: list[Block], condition: str, to: str) -> bool:
    """Put a skip on the last question that its condition looks at; False where none can carry it.

    It has to lead to a later question of the same page.
    """
    looked = set(items_of(parse_condition(condition)))
    for block in blocks:
        order = list(block.items)
        some = [at for at, item in enumerate(order) if item in looked]
        if some and to in order[some[-1] + 1 :]:
            at = next(n for n, item in enumerate(items) if item.id == order[some[-1]])
            skips = (*items[at].skips, Skip(condition=condition, to=to))
            items[at] = items[at].model_copy(update={"skips": skips})
            return True
    return False


def _place(item: str, places: dict[str, int]) -> int:
    """Number of the page of an item, or of the matrix that it is a row of; 0 of a field."""
    return max(
        (at for one, at in places.items() if item == one or item.startswith(f"{one}_")), default=0
    )
