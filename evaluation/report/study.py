"""The report of a study: one page that stands alone, and the same numbers as JSON."""

from collections.abc import Callable, Sequence
from pathlib import Path

from evaluation.figures import (
    feeling_panel,
    option_colours,
    option_panel,
    stage_panel,
    trait_panel,
)
from evaluation.pages import environment, write_page
from evaluation.report.study_content import Portrait, Report, build_report
from simulacra.domain.base import Frozen
from simulacra.domain.persona import Persona
from simulacra.export.study import RunData

NAME = "report"


class Panel(Frozen):
    """One respondent's part of a figure: ``base`` says what it rests on, ``svg`` is the drawing."""

    name: str
    base: str
    svg: str


def write_demo_report(records: RunData, personas: Sequence[Persona], out: Path) -> Path:
    """Write ``report.html`` and ``report.json`` into ``out``; the path of the page.

    ``personas`` are those of the run, in the versions that were asked. The page needs no other
    file, runs no script, and escapes every text that came from a model, a file or a person.

    Raises:
        KeyError: a persona of the run is not among ``personas``.
        InputError: an item of a Big Five scale has other codes than 1 to 5.
        StorageError: the files cannot be written.
    """
    report = build_report(records, personas)
    return write_page(out, NAME, page(report), report)


def page(report: Report) -> str:
    """The report as one HTML page; equal reports give equal pages."""
    templates = environment()
    templates.tests["tiny"] = lambda name: "135m" in name.casefold()
    return templates.get_template("report.html.j2").render(
        report=report,
        study=report.study,
        figures=figures_of(report),
        colours=option_colours(len(report.options)),
    )


def figures_of(report: Report) -> dict[str, list[Panel]]:
    """The panels of each figure by its name, a panel for each respondent with something to show."""
    longest = max((max(_times(one), default=0.0) for one in report.respondents), default=0.0)

    def stages(one: Portrait, key: str, label: str) -> str:
        return stage_panel(one.seconds, longest, key=key, label=label)

    draw: dict[str, tuple[Callable[[Portrait, str, str], str], Callable[[Portrait], str]]] = {
        "traits": (_traits, _trait_base),
        "options": (_options, _option_base),
        "feelings": (_feelings, _feeling_base),
        "stages": (stages, _stage_base),
    }
    return {
        figure: [
            Panel(name=one.name, base=base, svg=drawn(one, f"{figure}{number}", one.name))
            for number, one in enumerate(report.respondents, start=1)
            if (base := told(one))
        ]
        for figure, (drawn, told) in draw.items()
    }


def _traits(one: Portrait, key: str, name: str) -> str:
    label = f"Big Five levels of {name}, from the answers and as assigned"
    return trait_panel(one.scales, one.assigned, key=key, label=label)


def _trait_base(one: Portrait) -> str:
    items, answered = (sum(getattr(s, part) for s in one.scales) for part in ("items", "answered"))
    return f"{answered} of {items} items answered" if items else ""


def _options(one: Portrait, key: str, name: str) -> str:
    bars = [(bar.name, bar.counts) for bar in one.bars]
    return option_panel(bars, key=key, label=f"Options that {name} chose")


def _option_base(one: Portrait) -> str:
    return f"{sum(one.bars[0].counts)} ratings" if one.bars else ""


def _feelings(one: Portrait, key: str, name: str) -> str:
    label = f"Valence and arousal of {name} from question to question"
    return feeling_panel(one.valence, one.arousal, key=key, label=label)


def _feeling_base(one: Portrait) -> str:
    felt = sum(value is not None for value in one.valence)
    return f"{felt} of {len(one.valence)} questions" if felt else ""


def _stage_base(one: Portrait) -> str:
    times = _times(one)
    return f"{one.cells} questions, {sum(times):.1f} s in all" if times else ""


def _times(one: Portrait) -> list[float]:
    return [value for value in one.seconds.values() if value is not None]
