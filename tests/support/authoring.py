"""A ledger in memory, and an author with it."""

from datetime import UTC, datetime

from personas.authoring.author import Author, OnCall, Step
from simulacra.domain.authoring import Decision, Product, Review
from simulacra.domain.call import Call
from simulacra.errors import UnknownName
from simulacra.llm.port import Model


class FakeLedger:
    """Keeps calls in a dictionary; ``kept`` holds their steps in the order they came."""

    def __init__(self) -> None:
        self.calls: dict[tuple[str, str], Call] = {}
        self.kept: list[Step] = []

    def find(self, persona_id: str, key: str) -> Call | None:
        return self.calls.get((persona_id, key))

    def keep(
        self, persona_id: str, key: str, call: Call, *, stage: str, part: str = "", attempt: int = 1
    ) -> None:
        self.calls.setdefault((persona_id, key), call)
        self.kept.append(Step(stage=stage, part=part, attempt=attempt))


def author(
    model: Model,
    ledger: FakeLedger | None = None,
    persona_id: str = "ilka-varga",
    *,
    seed: int = 0,
    on_call: OnCall | None = None,
) -> Author:
    return Author(model, ledger or FakeLedger(), persona_id, seed=seed, on_call=on_call)


class FakeReviews:
    """Products and decisions in memory."""

    def __init__(self) -> None:
        self.rows: list[Review] = []
        self.products: dict[str, Product] = {}

    def reviews(self, persona_id: str) -> list[Review]:
        return list(self.rows)

    def product(self, persona_id: str, digest: str) -> Product:
        if digest not in self.products:
            raise UnknownName(f"there is no product {digest!r} of {persona_id!r}")
        return self.products[digest]

    def save_product(self, persona_id: str, product: Product) -> None:
        self.products[product.hash] = product

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
        for one in (product, replacement):
            if one is not None:
                self.save_product(persona_id, one)
        row = Review(
            stage=product.stage,
            part=product.part,
            product=product.hash,
            decision=decision,
            reason=reason,
            by=by,
            at=datetime.fromtimestamp(len(self.rows), UTC),
            replacement=replacement.hash if replacement else None,
        )
        self.rows.append(row)
        return row
