"""The drawings of an evaluation of traits."""

from collections.abc import Iterator

from evaluation.figures import Band, Dot, DotRow, dot_panel, matrix_panel
from evaluation.personality.functions import FunctionsResult
from evaluation.personality.mtmm import HUMAN_BAND, Mtmm
from evaluation.personality.result import NAMES, TraitsResult
from evaluation.sections import Drawing, Estimate, said
from simulacra.domain.persona import FACETS

_HUMAN = Band(*HUMAN_BAND, "self and peer, people")
_MOST_PEOPLE = 24
_WIDE = 680


def drawings_of(found: TraitsResult) -> Iterator[Drawing]:
    """All drawings that the numbers allow."""
    if found.mtmm:
        yield _heat_map(found.mtmm)
        yield from _convergent(found.mtmm)
    yield from _domains(found)
    yield from _facets(found)
    yield from _profiles(found)
    if found.functions:
        yield from _functions(found, found.functions)


def _heat_map(mtmm: Mtmm) -> Drawing:
    measures = [(trait, method) for method in mtmm.methods for trait in mtmm.traits]
    place = {measure: at for at, measure in enumerate(measures)}
    values: list[list[float | None]] = [[None] * len(measures) for _ in measures]
    outlined: list[tuple[int, int]] = []
    for one in mtmm.correlations:
        row, column = place[one.other_trait, one.other_method], place[one.trait, one.method]
        values[row][column] = one.r.value
        if one.kind == "convergent":
            outlined.append((row, column))
    for trait, method in measures:
        alpha = mtmm.reliabilities.get(method, {}).get(trait)
        at = place[trait, method]
        drawn = alpha is not None and alpha.value is not None and alpha.value >= -1
        values[at][at] = alpha.value if alpha and drawn else None
    names = [f"{method}: {trait}" for trait, method in measures]
    return Drawing(
        name="mtmm",
        title="Traits by methods",
        base=(
            f"n = {mtmm.people} people; r of two measures, the same trait by two methods outlined. "
            "In the diagonal: alpha over the facets of the domain."
        ),
        svg=matrix_panel(
            names, names, values, key="mtmm", label="Multitrait-multimethod matrix",
            outlined=outlined,
        ),
        wide=True,
    )  # fmt: skip


def _convergent(mtmm: Mtmm) -> Iterator[Drawing]:
    pairs = [(one, two) for at, one in enumerate(mtmm.methods) for two in mtmm.methods[at + 1 :]]
    rows = [
        DotRow(
            trait,
            tuple(
                _dot(one.r)
                for first, second in pairs
                for one in mtmm.between("convergent", first, second)
                if one.trait == trait
            ),
        )
        for trait in mtmm.traits
    ]
    yield Drawing(
        name="convergent",
        title="The same trait by two methods",
        base=f"n = {mtmm.people} people; r with its 95% interval (Fisher) over people.",
        svg=dot_panel(
            rows,
            [f"{NAMES[one]}, {NAMES[two]}" for one, two in pairs],
            unit="r",
            key="convergent",
            label="Convergent correlations by trait",
            bounds=(-1, 1),
            band=_HUMAN,
            right=16,
        ),
    )


def _domains(found: TraitsResult) -> Iterator[Drawing]:
    recovery = [one for one in found.recovery if any(part.r.value for part in one.domains)]
    if not recovery:
        return
    rows = [
        DotRow(part.trait, tuple(_dot(one.domains[at].r) for one in recovery))
        for at, part in enumerate(recovery[0].domains)
    ]
    yield Drawing(
        name="recovery_domains",
        title="Assigned against recovered domains",
        base=f"n = {len(found.people)} people; r with its 95% interval (Fisher) over people.",
        svg=dot_panel(
            rows,
            [NAMES[one.method] for one in recovery],
            unit="r",
            key="domains",
            label="Recovery of domains",
            bounds=(-1, 1),
            right=16,
        ),
    )


def _facets(found: TraitsResult) -> Iterator[Drawing]:
    recovery = [one for one in found.recovery if any(part.r.value for part in one.facets)]
    if not recovery:
        return
    by = [{part.trait: part.r for part in one.facets} for one in recovery]
    rows = [
        DotRow(
            facet.replace("_", " "),
            tuple(_dot(parts[facet]) if facet in parts else None for parts in by),
            ", ".join(said(parts[facet].value) if facet in parts else "–" for parts in by),
        )
        for facet in FACETS
    ]
    yield Drawing(
        name="recovery_facets",
        title="Assigned against recovered facets",
        base=f"n = {len(found.people)} people; r with its 95% interval (Fisher) over people.",
        svg=dot_panel(
            rows,
            [NAMES[one.method] for one in recovery],
            unit="r",
            key="facets",
            label="Recovery of facets",
            bounds=(-1, 1),
            left=150,
            right=120,
            width=_WIDE,
        ),
        wide=True,
    )


def _profiles(found: TraitsResult) -> Iterator[Drawing]:
    if not found.recovery or len(found.people) > _MOST_PEOPLE:
        return
    by = {(one.person, one.method): one for rec in found.recovery for one in rec.profiles}
    methods = [one.method for one in found.recovery if any(p.r.value for p in one.profiles)]
    people = [person for person in found.people if any(key[0] == person for key in by)]
    if not methods or not people:
        return
    rows = [
        DotRow(
            found.people[person],
            tuple(_dot(by[person, m].r) if (person, m) in by else None for m in methods),
        )
        for person in people
    ]
    others = [one.others_mean for one in found.recovery if one.others_mean is not None]
    lines = {"with others' profiles": sum(others) / len(others)} if others else None
    yield Drawing(
        name="profiles",
        title="Each person's profile over the facets",
        base="30 facets a person; r of assigned with recovered levels, its 95% interval (Fisher).",
        svg=dot_panel(
            rows,
            [NAMES[one] for one in methods],
            unit="r over facets",
            key="profiles",
            label="Profile agreement by person",
            bounds=(-1, 1),
            lines=lines,
            left=150,
            right=16,
        ),
    )


def _functions(found: TraitsResult, functions: FunctionsResult) -> Iterator[Drawing]:
    people = [one for one in functions.people if one.balanced.value is not None]
    if not people or len(people) > _MOST_PEOPLE:
        return
    rows = [
        DotRow(
            found.people[one.person],
            (
                _dot(Estimate(value=one.balanced.value, interval=one.balanced.interval)),
                _dot(Estimate(value=one.balanced.chance, interval=one.balanced.chance_range)),
            ),
        )
        for one in people
    ]
    yield Drawing(
        name="functions",
        title="The eight functions: tau with the order given",
        base="40 sentences a person; intervals draw sentences anew, or are 95% of random ones.",
        svg=dot_panel(
            rows,
            ["as answered", "as often, but at random"],
            unit="Kendall's tau-b",
            key="functions",
            label="Tau by person",
            bounds=(-1, 1),
            left=150,
            right=16,
        ),
    )


def _dot(estimate: Estimate) -> Dot | None:
    return None if estimate.value is None else Dot(estimate.value, estimate.ends)
