"""All deterministic checks of a character, and what they find."""

from collections.abc import Callable, Iterable

from personas.checks import (
    almanac,
    bodies,
    exclusions,
    family,
    headings,
    lifetimes,
    order,
    relatives,
    remembered,
    repeats,
    spelling,
    told_birth,
    told_body,
    told_deaths,
    told_events,
    told_family,
    told_tastes,
    told_weather,
    told_work,
    untold,
    whereabouts,
)
from personas.checks.cast import cast_of, roles_of
from personas.checks.claims import Claim, Life, story_claims
from personas.checks.finding import Finding
from personas.checks.names import Names
from personas.checks.profile_claims import profile_claims
from personas.checks.told_claims import told_claims
from simulacra.domain.persona import Persona

_LifeCheck = Callable[[Life], Iterable[Finding]]
_KIN = ("parent_of", "sibling_of", "married_to", "partner_of")
_CONTRADICTIONS: tuple[_LifeCheck, ...] = (
    headings.headings,
    almanac.days_told,
    almanac.years_told,
    exclusions.impossible_dates,
    exclusions.two_objects,
    exclusions.opposites,
    lifetimes.before_birth,
    lifetimes.after_today,
    lifetimes.after_death,
    told_deaths.the_dead_act,
    told_deaths.the_late_act,
    told_birth.born_elsewhere,
    told_events.deaths_told,
    told_events.events_ordered,
    told_events.lengths_told,
    bodies.bodies,
    told_body.sides,
    told_body.handedness,
    told_family.counts,
    told_family.nobody,
    told_family.marital,
    told_tastes.disliked,
    told_tastes.vows,
    told_tastes.nevers,
    told_weather.seasons_told,
    told_work.parents_work,
    told_work.life_work,
    told_work.schooling,
    lifetimes.died_before_born,
    lifetimes.ages_told,
    lifetimes.parents_ages,
    order.sequence,
    order.begun_and_ended,
    order.lengths,
    whereabouts.two_places,
    whereabouts.seasons,
    family.siblings,
    family.children,
    family.marriages,
    family.degrees,
    family.counted_apart,
    relatives.through_the_mother,
    relatives.lists,
    relatives.roles,
    remembered.dated,
)
_WARNINGS: tuple[_LifeCheck, ...] = (
    untold.attributes_untold,
    spelling.names_misspelt,
    spelling.other_surname,
    repeats.phrases_repeated,
    repeats.passages_alike,
    remembered.in_first_person,
)


def check_persona(persona: Persona) -> tuple[Finding, ...]:
    """Everything that the deterministic checks find, contradictions first, in story order."""
    life = life_of(persona)
    return ordered(one for check in (*_CONTRADICTIONS, *_WARNINGS) for one in check(life))


def contradictions(persona: Persona) -> tuple[Finding, ...]:
    """What keeps a story from being approved, without the search for lesser faults."""
    life = life_of(persona)
    found = ordered(one for check in _CONTRADICTIONS for one in check(life))
    return tuple(one for one in found if one.severity == "contradiction")


def life_of(persona: Persona) -> Life:
    """A persona with the claims of its facts and its profile."""
    claims = [*story_claims(persona), *told_claims(persona), *profile_claims(persona)]
    return Life(persona=persona, claims=tuple(claims), names=_names(persona, claims))


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings once each, contradictions first, then by their place in the story."""
    once = dict.fromkeys(findings)

    def place(one: Finding) -> tuple[bool, int, str, str]:
        return (
            one.severity != "contradiction",
            one.span.start if one.span else -1,
            one.kind,
            one.message,
        )

    return tuple(sorted(once, key=place))


def _names(persona: Persona, claims: list[Claim]) -> Names:
    cast = cast_of(persona)
    people = [persona.name, *(one.name for one in cast), *(one.subject for one in claims)]
    people += [one.object for one in claims if one.relation in _KIN]
    roles: dict[str, str] = {}
    for one in claims:
        if one.relation == "named":
            roles.setdefault(one.subject, one.object)
    return Names(people, {**roles_of(persona, cast), **roles})
