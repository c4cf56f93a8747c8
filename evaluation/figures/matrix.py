"""A heat map of correlations."""

from collections.abc import Collection, Sequence

import matplotlib as mpl
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.patches import Rectangle

from evaluation.figures.canvas import INK, PAPER, SOFT, STYLE, panel, readable_on, svg

_DIVERGING = LinearSegmentedColormap.from_list(
    "from -1 to 1", ("#d55e00", "#f0c9a8", "#f2f2f2", "#a9cfe6", "#0072b2")
)
_CELL = 34
_LETTER = 6.0


def matrix_panel(
    rows: Sequence[str],
    columns: Sequence[str],
    values: Sequence[Sequence[float | None]],
    *,
    key: str,
    label: str,
    outlined: Collection[tuple[int, int]] = (),
) -> str:
    """Numbers from -1 to 1 as coloured cells with the number in each; None is left empty.

    ``outlined`` are (row, column) places that the eye should find, such as the convergent ones of a
    multitrait-multimethod matrix. Orange is negative, blue positive; the number is in every cell,
    so nothing hangs on colour alone.

    Raises:
        ValueError: the values have another shape than the names.
    """
    if len(values) != len(rows) or any(len(row) != len(columns) for row in values):
        raise ValueError(f"{len(rows)} x {len(columns)} numbers are needed")
    room = _LETTER * max(map(len, (*rows, *columns)), default=0) + 12
    width, height = room + _CELL * len(columns) + 8, room + _CELL * len(rows) + 8
    with mpl.rc_context(STYLE):
        figure, axes = panel(
            height, left=room, right=width - 8, top=room, bottom=height - 8, width=width
        )
        axes.set_xlim(0, len(columns))
        axes.set_ylim(len(rows), 0)
        axes.spines["bottom"].set_visible(False)
        axes.xaxis.tick_top()
        axes.set_xticks([place + 0.5 for place in range(len(columns))], columns, rotation=90)
        axes.set_yticks([place + 0.5 for place in range(len(rows))], rows)
        axes.tick_params(labelsize=9, labelcolor=INK, length=0, pad=4)
        for row, numbers in enumerate(values):
            for column, number in enumerate(numbers):
                if number is None:
                    continue
                colour = to_hex(_DIVERGING((number + 1) / 2))
                axes.add_patch(Rectangle((column, row), 1, 1, facecolor=colour, edgecolor=PAPER,
                                         linewidth=1))  # fmt: skip
                said = f"{round(number, 2) + 0.0:.2f}".replace("0.", ".", 1).replace("-", "−")
                axes.text(column + 0.5, row + 0.52, said, ha="center", va="center", fontsize=9,
                          color=readable_on(colour))  # fmt: skip
        for row, column in outlined:
            axes.add_patch(Rectangle((column + 0.04, row + 0.04), 0.92, 0.92, fill=False,
                                     edgecolor=SOFT, linewidth=2, zorder=4))  # fmt: skip
        return svg(figure, key, label)
