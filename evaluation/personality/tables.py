"""The tables of an evaluation of traits."""

from collections.abc import Iterator

from evaluation.personality.functions import FunctionsResult
from evaluation.personality.mtmm import Mtmm
from evaluation.personality.recovery import Recovery, TraitRecovery
from evaluation.personality.result import NAMES, Observers, PersonLevels, TraitsResult
from evaluation.sections import Cell, Estimate, Table
from simulacra.domain.persona import DOMAINS, FACETS

_UNDEFINED = "A dash: too few people have both levels, or they do not differ."


_PLAYER = "The rater is the model that played the people: rated interviews are not valid. "


def tables_of(found: TraitsResult) -> Iterator[Table]:
    """All tables, the main ones first; where the rater is the player, every one says so."""
    for one in _tables(found):
        yield one.model_copy(update={"note": _PLAYER + one.note}) if found.player_rates else one


def _tables(found: TraitsResult) -> Iterator[Table]:
    if found.mtmm:
        yield _summary(found.mtmm)
        yield _convergent(found.mtmm)
    if found.recovery:
        yield _recovery("domains", "Assigned against recovered domains", found.recovery)
        yield _profiles(found)
        yield _recovery("facets", "Assigned against recovered facets", found.recovery)
    if found.functions:
        yield _functions(found, found.functions)
    if found.acquiescence:
        yield _acquiescence(found)
    if found.observers:
        yield _raters(found.observers)
    if found.mtmm:
        yield _matrix(found.mtmm)
    yield _levels(found, "domain_levels", "Levels of domains", tuple(DOMAINS))
    if any(one.facets for one in found.levels):
        yield _levels(found, "facet_levels", "Levels of facets", FACETS)


def _summary(mtmm: Mtmm) -> Table:
    needs = mtmm.requirements
    return Table(
        name="mtmm",
        title="Convergent and discriminant validity",
        columns=("what", "mean r", "what it should be"),
        rows=(
            ("same trait, different methods", mtmm.convergent, "clearly above 0"),
            ("different traits, different methods (size)", mtmm.heteromethod, "small"),
            ("different traits, same method (size)", mtmm.monomethod, "small"),
            ("gain over different methods", mtmm.gain, "above 0"),
            ("gain over the same method", mtmm.method_gain, "above 0"),
            (
                "convergent values above 0",
                f"{needs.convergent_above_zero} of {needs.convergent}",
                "all",
            ),
            ("above others in their row and column", _share(needs.over_heteromethod), "all"),
            ("above other traits by the same method", _share(needs.over_monomethod), "most"),
            ("likeness of the patterns of the methods (r)", needs.pattern, "near 1"),
        ),
        note=f"{mtmm.people} people. The last four are the requirements of Campbell and Fiske.",
    )


def _convergent(mtmm: Mtmm) -> Table:
    pairs = [(one, two) for at, one in enumerate(mtmm.methods) for two in mtmm.methods[at + 1 :]]
    by = {
        (one.trait, one.method, one.other_method): one.r
        for one in mtmm.correlations
        if one.kind == "convergent"
    }
    return Table(
        name="convergent",
        title="The same trait by two methods",
        columns=("trait", *(f"{NAMES[one]} with {NAMES[two]}" for one, two in pairs)),
        rows=tuple((trait, *(by[trait, one, two] for one, two in pairs)) for trait in mtmm.traits),
        note=f"r over people. {_UNDEFINED}",
    )


def _recovery(name: str, title: str, recovery: tuple[Recovery, ...]) -> Table:
    """Correlation and bias by trait, for each method."""
    per: list[dict[str, TraitRecovery]] = [
        {part.trait: part for part in (one.domains if name == "domains" else one.facets)}
        for one in recovery
    ]
    order = tuple(DOMAINS) if name == "domains" else FACETS
    columns = [f"{NAMES[one.method]}: {what}" for one in recovery for what in ("r", "bias")]
    rows: list[tuple[Cell, ...]] = []
    for trait in order:
        cells: list[Cell] = []
        for parts in per:
            one = parts.get(trait)
            cells += [one.r, one.bias] if one else [None, None]
        rows.append((trait.replace("_", " "), *cells))
    return Table(
        name=f"recovery_{name}",
        title=title,
        columns=(name.removesuffix("s"), *columns),
        rows=tuple(rows),
        note=f"r over people; bias is recovered less assigned level (1 to 5). {_UNDEFINED}",
        folded=name == "facets",
    )


def _profiles(found: TraitsResult) -> Table:
    rows = [
        (
            found.people[one.person],
            NAMES[one.method],
            one.r,
            one.others,
            one.distance,
            one.facets,
        )
        for recovery in found.recovery
        for one in recovery.profiles
    ]
    return Table(
        name="profiles",
        title="Each person's profile over the facets",
        columns=("person", "method", "r with own", "r with others'", "mean distance", "facets"),
        rows=tuple(rows),
        note=(
            "r of recovered with assigned facets of one person; the interval takes facets for "
            "independent, which they are not quite. With others': the mean r with the profiles "
            "that the other people were given, what anybody would reach."
        ),
        folded=len(rows) > 24,
    )


def _functions(found: TraitsResult, functions: FunctionsResult) -> Table:
    rows = tuple(
        (
            found.people[one.person],
            " ".join(one.assigned),
            " ".join(one.order) or "–",
            Estimate(value=one.balanced.value, interval=one.balanced.interval),
            Estimate(value=one.balanced.chance, interval=one.balanced.chance_range),
            Estimate(value=one.own.value, interval=one.own.interval),
            Estimate(value=one.own.chance, interval=one.own.chance_range),
            one.balanced.tied,
            one.agreed,
        )
        for one in functions.people
    )
    return Table(
        name="functions",
        title="The eight functions",
        columns=(
            "person", "assigned", "as answered", "tau, balanced", "at random", "tau, own only",
            "own, at random", "tied pairs", "agreed",
        ),
        rows=rows,
        note=(
            "Kendall's tau-b of the order given with the order by weighted agreement. Own only: "
            "sentences worded for the person's ranks; balanced: their counterparts too. At random: "
            "a respondent who agrees as often, but at random; in brackets the middle 95% of such. "
            "Tied pairs (of 28) count for neither side; where all are tied there is no tau."
        ),
        folded=len(rows) > 24,
    )  # fmt: skip


def _acquiescence(found: TraitsResult) -> Table:
    index = found.acquiescence
    rows: list[tuple[Cell, ...]] = []
    if index and index.scales:
        rows.append((f"ratings of the {found.title}, index", index.mean, "0"))
    shares = [one.agreed for one in found.functions.people] if found.functions else []
    known = [one for one in shares if one is not None]
    if known:
        mean = Estimate(value=sum(known) / len(known), n=len(known))
        rows.append(("sentences on the functions, share agreed with", mean, "0.5"))
    return Table(
        name="acquiescence",
        title="Agreeing whatever is said",
        columns=("where", "mean", "by content alone"),
        rows=tuple(rows),
        note="The index is on the scale of the ratings, 1 to 5, and has items of both keys only.",
    )


def _raters(observers: Observers) -> Table:
    rows: list[tuple[Cell, ...]] = [("rater", one.label) for one in observers.raters]
    rows += [
        ("ICC(2,1), one rater", observers.icc_single),
        ("ICC(2,k), the mean of the raters", observers.icc_panel),
        ("ratings asked for", observers.ratings),
        ("of these: the answers do not show it", observers.unseen),
        ("pages that could not be rated", len(observers.unrated)),
    ]
    return Table(
        name="raters",
        title="Who rated the interviews",
        columns=("what", "value"),
        rows=tuple(rows),
        note="ICC over people and facets, absolute agreement; it takes at least two raters.",
    )


def _matrix(mtmm: Mtmm) -> Table:
    measures = [(trait, method) for method in mtmm.methods for trait in mtmm.traits]
    by = {
        ((one.trait, one.method), (one.other_trait, one.other_method)): one.r
        for one in mtmm.correlations
    }
    rows: list[tuple[Cell, ...]] = []
    for at, (trait, method) in enumerate(measures):
        reliability = mtmm.reliabilities.get(method, {}).get(trait)
        before = [by[other, (trait, method)] for other in measures[:at]]
        rest = [None] * (len(measures) - at - 1)
        rows.append((f"{NAMES[method]}: {trait}", *before, reliability, *rest))
    return Table(
        name="matrix",
        title="The whole matrix",
        columns=("measure", *(f"{NAMES[method]}: {trait}" for trait, method in measures)),
        rows=tuple(rows),
        note="r over people; in the diagonal Cronbach's alpha over the six facets of a domain.",
        folded=True,
    )


def _levels(found: TraitsResult, name: str, title: str, traits: tuple[str, ...]) -> Table:
    def cells(one: PersonLevels) -> dict[str, float]:
        return one.domains if name == "domain_levels" else one.facets

    return Table(
        name=name,
        title=title,
        columns=("person", "method", *(trait.replace("_", " ") for trait in traits)),
        rows=tuple(
            (
                found.people[one.person],
                NAMES.get(one.method, one.method),
                *(cells(one).get(trait) for trait in traits),
            )
            for one in found.levels
        ),
        note="1 very low to 5 very high. A dash: too few answers, or not measured by this method.",
        folded=True,
    )


def _share(value: float | None) -> Cell:
    return None if value is None else f"{100 * value:.0f}%"
