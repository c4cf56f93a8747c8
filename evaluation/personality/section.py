"""An evaluation of traits as a section of a report."""

from collections.abc import Iterator

from evaluation.personality.drawings import drawings_of
from evaluation.personality.mtmm import HUMAN_BAND, TOO_GOOD, Mtmm
from evaluation.personality.recovery import Recovery
from evaluation.personality.result import NAMES, TraitsResult
from evaluation.personality.tables import tables_of
from evaluation.sections import Estimate, Section, counted, said

_SOURCES = {
    "mtmm": "Campbell and Fiske (1959), Psychological Bulletin 56, 81-105 (the matrix)",
    "human": (
        "McCrae and Costa (1987), Journal of Personality and Social Psychology 52, 81-90 (self and "
        "peer reports agree at r = .25 to .62 in adults)"
    ),
    "self": "Johnson (2014), Journal of Research in Personality 51, 78-89 (IPIP-NEO-120)",
    "mini": "Donnellan et al. (2006), Psychological Assessment 18, 192-203 (Mini-IPIP)",
    "functions": "Xie et al. (2025), arXiv 2402.18180; Kendall (1945), Biometrika 33, 239-251",
    "profiles": "Furr (2008), Journal of Personality 76, 1267-1316 (profile agreement)",
    "interview": "Shrout and Fleiss (1979), Psychological Bulletin 86, 420-428 (ICC)",
}


def section_of(found: TraitsResult) -> Section:
    """What the evaluation found, in the form of all evaluations."""
    return Section(
        name="traits",
        title="Personality by several methods",
        question=(
            "Do different ways to measure the same traits agree on these people, and do the levels "
            "that they were given come back?"
        ),
        method=_method(found),
        sample=(
            f"{counted(len(found.people), 'person', 'people')}, "
            f"{counted(found.replicates, 'interview')} each, {found.method} on "
            f"{found.model}, seed {found.seed}."
        ),
        findings=tuple(_findings(found)),
        warnings=tuple(_warnings(found)),
        tables=tuple(tables_of(found)),
        drawings=tuple(drawings_of(found)),
        limits=(
            "All respondents are simulated. Methods that share a model share its habits, so they "
            "may agree for that reason alone.",
            "The human band is that of self and peer reports; an interview with a stranger, or "
            "sixty choices, reach less in people.",
            "The situations and the interview were written for this project and have not been "
            "tried on people.",
        ),
        sources=tuple(_sources(found)),
        runs=found.runs,
        calls=found.calls,
        cost=found.cost,
    )


def _method(found: TraitsResult) -> str:
    parts = {
        "self": f"the {found.title}",
        "interview": "an open interview of ten questions, rated by observers who see only it",
        "scenario": "a choice in each of sixty situations, two for each facet",
        "functions": "agreement with sentences on the eight functions",
    }
    said_ = "; ".join(parts[one] for one in found.methods)
    return f"{said_[0].upper()}{said_[1:]}."


def _findings(found: TraitsResult) -> Iterator[str]:
    if found.mtmm:
        yield from _of_matrix(found.mtmm)
    for one in found.recovery:
        yield from _of_recovery(one)
    functions = found.functions
    if functions and functions.people:
        if functions.balanced.value is None:
            yield "The eight functions: all sums are tied, so there is no order to compare."
        else:
            yield (
                f"The eight functions come back with a mean tau of {said(functions.balanced)} "
                f"({len(functions.people)} people) where agreeing at random gives "
                f"{said(functions.chance_balanced)}. On sentences of the person's own ranks alone "
                f"it is {said(functions.own)}, where random agreement gives "
                f"{said(functions.chance_own)} already."
            )
    index = found.acquiescence.mean if found.acquiescence else None
    if index and index.value is not None:
        yield f"Acquiescence is {said(index, signed=True)} on the scale of 1 to 5: {_lean(index)}."


def _lean(index: Estimate) -> str:
    """What an index of acquiescence says."""
    if index.interval is None:
        return "answers by content alone give 0, and too few people answered for an interval"
    if index.covers(0):
        return "people agree no more and no less than opposite items warrant"
    lean = "more" if (index.value or 0) > 0 else "less"
    return f"people agree {lean} than their answers to opposite items warrant"


def _of_matrix(mtmm: Mtmm) -> Iterator[str]:
    low, high = HUMAN_BAND
    value = mtmm.convergent.value
    if value is None:
        yield "No two methods can be compared: people do not differ in what they measure."
        return
    where = "below" if value < low else "within" if value <= high else "above"
    yield (
        f"The same domain by two methods correlates {said(mtmm.convergent)} on average over "
        f"{mtmm.people} people, {where} the band of self and peer reports in people "
        f"({low:.2f} to {high:.2f})."
    )
    ends = mtmm.gain.ends
    clear = "clearly" if ends and ends[0] > 0 else "not clearly"
    yield (
        f"Different domains by different methods correlate {said(mtmm.heteromethod)} in size, by "
        f"the same method {said(mtmm.monomethod)}. The methods agree on the same trait {clear} "
        f"more than across traits, by {said(mtmm.gain, signed=True)}."
    )


def _of_recovery(one: Recovery) -> Iterator[str]:
    name = NAMES[one.method].capitalize()
    known = [part.r.value for part in one.domains if part.r.value is not None]
    if known:
        lowest = min(
            (part for part in one.domains if part.r.value is not None), key=lambda p: p.r.value or 0
        )
        yield (
            f"{name}: assigned and recovered domains correlate {said(sum(known) / len(known))} on "
            f"average over people, least in {lowest.trait} ({said(lowest.r.value)})."
        )
    if one.profile_mean.value is not None:
        others = (
            f"; with the profiles of others it is {said(one.others_mean)}"
            if one.others_mean is not None
            else ""
        )
        mean = one.profile_mean if len(one.profiles) > 1 else one.profiles[0].r
        yield (
            f"{name}: over the facets, a recovered profile correlates {said(mean)} with the "
            f"person's own{others}."
        )


def _warnings(found: TraitsResult) -> Iterator[str]:
    if found.player_rates:
        yield (
            "The model that played the people also rated their interviews: these ratings are not "
            "valid as an observer's view. Name another with --rater."
        )
    for one, two, value in found.too_good:
        yield (
            f"{NAMES[one].capitalize()} and {NAMES[two]} agree at {said(value)}, and "
            f"{TOO_GOOD:.2f} is more than people ever show: this is a sign of answers from one "
            "script, not a success."
        )
    if found.observers and found.observers.unrated:
        yield (
            f"{len(found.observers.unrated)} pages of interviews could not be rated: "
            f"{found.observers.unrated[0]}"
        )
    if lost := {part: many for part, many in found.missing.items() if many}:
        yield f"{sum(lost.values())} questions got no answer; they are left out, not filled in."
    if found.functions and found.functions.without:
        names = ", ".join(found.people[one] for one in found.functions.without)
        yield f"Without an order of functions, and not asked about them: {names}."
    yield from found.notes


def _sources(found: TraitsResult) -> Iterator[str]:
    if found.mtmm:
        yield _SOURCES["mtmm"]
        yield _SOURCES["human"]
    if "self" in found.methods:
        yield _SOURCES["mini" if found.instrument == "mini_ipip" else "self"]
    if found.recovery:
        yield _SOURCES["profiles"]
    yield from (_SOURCES[one] for one in ("interview", "functions") if one in found.methods)
