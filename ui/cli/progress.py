"""Progress on stderr over a known number of pieces."""

import contextlib
from collections.abc import Callable, Iterator

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from ui.cli.common import error_console, say


@contextlib.contextmanager
def counting(what: str, total: int) -> Iterator[Callable[[str], None]]:
    """A bar, or a line for each tenth where stderr is no terminal; yields what hears the pieces."""
    console = error_console()
    if not console.is_terminal:
        yield _tenths(what, total)
        return
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=None), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console) as bar:
        task = bar.add_task(what, total=total)
        yield lambda _: bar.advance(task)


def _tenths(what: str, total: int) -> Callable[[str], None]:
    done, told = 0, 0

    def heard(_: str) -> None:
        nonlocal done, told
        done += 1
        if 10 * done // total > told:
            told = 10 * done // total
            say(f"{what} {done}/{total}")

    return heard
