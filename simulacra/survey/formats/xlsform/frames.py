"""Groups and repeats while they are open, and the blocks and steps that they become."""

from dataclasses import dataclass, field

from simulacra.domain.flow import Block, Branch, Group, Loop, SetField, Show, Step, shown


@dataclass
class Frame:
    """An open group, repeat or the whole form.

    ``flat``: inside a repeat, where groups only lend their condition to the questions.
    """

    name: str = ""
    title: str = ""
    condition: str | None = None
    together: bool = False
    loop: Loop | None = None
    repeat: bool = False
    flat: bool = False
    steps: list[Step] = field(default_factory=list)
    run: list[str] = field(default_factory=list)


class Frames:
    """What is open, from the outside in, and the blocks so far."""

    def __init__(self) -> None:
        self.open = [Frame()]
        self.blocks: list[Block] = []
        self._parts = 0

    @property
    def repeating(self) -> bool:
        """Whether a repeat is open."""
        return any(frame.repeat for frame in self.open)

    def conditions(self) -> list[str | None]:
        """The conditions of the groups that lend theirs to the questions."""
        return [frame.condition for frame in self.open if frame.flat]

    def place(self, item: str) -> None:
        """Put a question where we are."""
        self._holder().run.append(item)

    def set(self, step: SetField, condition: str | None) -> None:
        """Set a field where we are."""
        frame = self._holder()
        self._end_run(frame)
        frame.steps.append(Branch(condition=condition, then=(step,)) if condition else step)

    def _holder(self) -> Frame:
        return next(frame for frame in reversed(self.open) if not frame.flat)

    def close(self) -> None:
        """End the innermost group or repeat."""
        frame = self.open.pop()
        if frame.flat:
            return
        if not frame.steps or frame.repeat:
            steps: list[Step] = []
            if frame.run:
                steps.append(self._block(frame, frame.name, frame.title))
        else:
            self._end_run(frame)
            bare = frame.condition and not frame.title
            whole = Group(title=frame.title, steps=tuple(frame.steps))
            steps = frame.steps if bare else [whole]
        if frame.condition and steps:
            steps = [Branch(condition=frame.condition, then=tuple(steps))]
        if steps:
            self._end_run(self.open[-1])
            self.open[-1].steps += steps

    def finish(self) -> tuple[list[Block], list[Step]]:
        """The blocks and the flow; neither where the questions just follow each other."""
        top = self.open[0]
        if not top.steps:
            return [], []
        self._end_run(top)
        order = shown(top.steps)
        blocks = sorted(self.blocks, key=lambda block: order.index(block.id))
        plain = top.steps == [Show(block=block.id) for block in blocks]
        return blocks, [] if plain else top.steps

    def _end_run(self, frame: Frame) -> None:
        if frame.run:
            self._parts += 1
            frame.steps.append(self._block(frame, f"part_{self._parts}", ""))
            frame.run = []

    def _block(self, frame: Frame, name: str, title: str) -> Show:
        pages = (tuple(frame.run),) if frame.together else tuple((item,) for item in frame.run)
        taken = {block.id for block in self.blocks}
        free, number = name or "group", 2
        while free in taken:
            free, number = f"{name}_{number}", number + 1
        self.blocks.append(Block(id=free, title=title, pages=pages, loop=frame.loop))
        return Show(block=free)
