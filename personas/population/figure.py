"""Target against drawn, category by category, as a picture."""

from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from personas.population.report import FitLine, SampleReport

_MOST_ROWS = 60
_TARGET, _DRAWN, _RULE = "#0072b2", "#d55e00", "#d0d0d0"


def write_figure(report: SampleReport, path: Path) -> None:
    """A PNG: of each category the share asked for (ring) and the share drawn (dot), in percent.

    More than 60 categories are cut to those with the largest errors, and the title says so.
    """
    lines = list(report.lines)
    shown = lines
    if len(lines) > _MOST_ROWS:
        worst = sorted(lines, key=lambda one: -abs(one.error))[:_MOST_ROWS]
        shown = [one for one in lines if one in worst]
    height = 1.5 + 0.26 * (len(shown) + len({one.variable for one in shown}))
    figure = Figure(figsize=(8, height), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    labels: list[tuple[float, str]] = []
    place = 0.0
    for number, line in enumerate(shown):
        if number and line.variable != shown[number - 1].variable:
            place -= 1
        _row(axes, place, line)
        first = number == 0 or line.variable != shown[number - 1].variable
        name = f"{line.variable}   {line.category}" if first else line.category
        labels.append((place, name if len(name) <= 48 else f"{name[:47]}…"))
        place -= 1
    axes.set_yticks([at for at, _ in labels], [name for _, name in labels], parse_math=False)
    axes.set_ylim(place, 1)
    axes.set_xlim(left=0)
    axes.set_xlabel("% of people")
    axes.grid(axis="x", color=_RULE, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(length=0)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    cut = "" if len(shown) == len(lines) else f" ({len(shown)} largest of {len(lines)} categories)"
    figure.suptitle(
        f"{report.people:,} simulated people: largest error {report.largest_error:.2f} points{cut}",
        fontsize=11,
    )
    figure.legend(
        *axes.get_legend_handles_labels(), loc="outside lower center", ncols=2, frameon=False
    )
    figure.savefig(path)


def _row(axes, place: float, line: FitLine) -> None:  # type: ignore[no-untyped-def]
    target, drawn = 100 * line.target, 100 * line.drawn
    named = {} if place else {"target": "asked for", "drawn": "drawn"}
    axes.plot([target, drawn], [place, place], color=_RULE, linewidth=2, zorder=1)
    axes.scatter(
        target, place, s=62, facecolors="none", edgecolors=_TARGET, linewidths=1.6, zorder=3,
        label=named.get("target"),
    )  # fmt: skip
    axes.scatter(drawn, place, s=16, color=_DRAWN, zorder=2, label=named.get("drawn"))
