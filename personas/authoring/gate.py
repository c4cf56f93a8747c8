"""The review gate: what a stage made goes on only once somebody decided so.

Decisions are rows that are only ever added; where a product stands follows from them. An approval
holds for one text and for the contradictions that its reviewer saw: when something upstream changes
the text, or the checks find another contradiction in it, it waits again.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from personas.checks.finding import Finding
from simulacra.domain.authoring import Decision, Product, Review
from simulacra.errors import InputError, SimulacraError, UnknownName

Checked = Callable[[str], Sequence[Finding]]
"""What is wrong with a text of a stage."""

_PASSED = (Decision.APPROVED, Decision.AUTO_APPROVED)
_ANEW = (Decision.REJECTED, Decision.REGENERATED)


class ReviewNeeded(SimulacraError):
    """The work waits for a decision about ``product``."""

    def __init__(self, product: Product) -> None:
        self.product = product
        several = product.stage in ("facts", "memories", "questions")
        verb = "wait" if several else "waits"
        super().__init__(f"the {title_of(product)} {verb} for a review")


class Reviews(Protocol):
    """Where products and decisions are kept, by persona."""

    def reviews(self, persona_id: str) -> list[Review]:
        """Every decision, in order."""
        ...

    def product(self, persona_id: str, digest: str) -> Product:
        """A product by its hash."""
        ...

    def save_product(self, persona_id: str, product: Product) -> None:
        """Keep a product."""
        ...

    def review(
        self,
        persona_id: str,
        product: Product,
        decision: Decision,
        *,
        by: str,
        reason: str = "",
        replacement: Product | None = None,
    ) -> Review:
        """Add a decision."""
        ...


class Gate:
    """Lets products of one persona pass as reviewers decided.

    ``auto_approve`` decides at once and leaves its own mark; over an open contradiction it needs a
    ``reason``, as everybody does.
    """

    def __init__(
        self,
        reviews: Reviews,
        persona_id: str,
        *,
        auto_approve: bool = False,
        by: str = "",
        reason: str = "",
    ) -> None:
        self._store, self._persona_id = reviews, persona_id
        self._auto_approve, self._by, self._reason = auto_approve, by, reason
        self._rows = reviews.reviews(persona_id)
        self._texts: dict[str, str | None] = {}

    def attempt(self, stage: str, part: str = "") -> int:
        """How often this piece was asked for: one more than it was sent back."""
        return 1 + sum(row.decision in _ANEW for row in self._of(stage, part))

    def settled(self, stage: str, part: str = "") -> bool:
        """Whether the last decision about this piece took it, rather than send it back."""
        rows = self._of(stage, part)
        return bool(rows) and rows[-1].decision not in _ANEW

    def note(self, stage: str, part: str = "") -> str:
        """The reason of the last rejection of this piece; empty where there is none."""
        reasons = [row.reason for row in self._of(stage, part) if row.decision in _ANEW]
        return reasons[-1] if reasons else ""

    def passed(self, product: Product, checked: Checked | None = None) -> Product:
        """The product that goes on: this one, or what an editor put in its place.

        ``checked`` finds what is wrong with an edited text today; without it, what was wrong with
        it when it was edited counts.

        Raises:
            ReviewNeeded: nobody has decided about it yet, or not knowing a contradiction in it.
        """
        current, seen = product, {product.text}
        row = self._last(current)
        while row is not None and row.decision is Decision.EDITED and row.replacement is not None:
            edited = self._store.product(self._persona_id, row.replacement)
            current = with_findings_of(edited, checked(edited.text)) if checked else edited
            row = None if current.text in seen else self._last(current)
            if row is None:
                return self._held(current, edited)
            seen.add(current.text)
        if row is not None and row.decision in _PASSED:
            return self._held(current, self._store.product(self._persona_id, row.product))
        return self._undecided(current)

    def _held(self, product: Product, seen: Product) -> Product:
        """The product where all its contradictions were seen in the one decided about."""
        known = {(one.kind, one.message) for one in contradictions(seen)}
        if {(one.kind, one.message) for one in contradictions(product)} <= known:
            return product
        return self._undecided(product)

    def _undecided(self, product: Product) -> Product:
        self._store.save_product(self._persona_id, product)
        if self._auto_approve and (self._reason or not contradictions(product)):
            row = self._store.review(
                self._persona_id,
                product,
                Decision.AUTO_APPROVED,
                by=self._by,
                reason=self._reason if contradictions(product) else "",
            )
            self._rows.append(row)
            return product
        raise ReviewNeeded(product)

    def _of(self, stage: str, part: str) -> list[Review]:
        return [row for row in self._rows if (row.stage, row.part) == (stage, part)]

    def _last(self, product: Product) -> Review | None:
        """The last decision about this text, whatever the checks said of it then."""
        rows = self._of(product.stage, product.part)
        texts = (self._text(row.product) for row in rows)
        found = [row for row, text in zip(rows, texts, strict=True) if text == product.text]
        return found[-1] if found else None

    def _text(self, digest: str) -> str | None:
        """The text of a product; None where the decision about it did not keep it."""
        if digest not in self._texts:
            try:
                self._texts[digest] = self._store.product(self._persona_id, digest).text
            except UnknownName:
                self._texts[digest] = None
        return self._texts[digest]


def contradictions(product: Product) -> list[Finding]:
    """The open contradictions among a product's findings."""
    found = [Finding.model_validate(one) for one in product.findings]
    return [one for one in found if one.severity == "contradiction"]


def with_findings(stage: str, text: str, findings: Sequence[Finding], part: str = "") -> Product:
    """A product with what checks said of it."""
    return with_findings_of(Product(stage=stage, part=part, text=text), findings)


def with_findings_of(product: Product, findings: Sequence[Finding]) -> Product:
    """The product with what checks say of it now."""
    plain = tuple(one.model_dump(mode="json") for one in findings)
    return product.model_copy(update={"findings": plain})


def decide(
    reviews: Reviews,
    persona_id: str,
    product: Product,
    decision: Decision,
    *,
    by: str,
    reason: str = "",
    replacement: Product | None = None,
) -> Review:
    """Record what a reviewer decided; ``replacement`` is the product as edited.

    Raises:
        InputError: a rejection without a reason, or a text let pass over an open contradiction
            without one.
    """
    passing = replacement or product
    open_ = contradictions(passing)
    if open_ and decision in (Decision.APPROVED, Decision.EDITED) and not reason.strip():
        raise InputError(
            f"{len(open_)} open contradiction{'s' if len(open_) > 1 else ''} in the "
            f"{title_of(passing)} ({open_[0].message}): give a reason to let it pass"
        )
    if decision is Decision.REJECTED and not reason.strip():
        raise InputError("say why it is rejected: the reason goes to the writer")
    return reviews.review(
        persona_id, product, decision, by=by, reason=reason.strip(), replacement=replacement
    )


def title_of(product: Product) -> str:
    """A product as a sentence names it."""
    return f"{product.stage} ({product.part})" if product.part else product.stage
