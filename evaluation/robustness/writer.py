"""A model that writes the paraphrases of a study of robustness that nobody supplied."""

from evaluation.robustness.base import Wordings
from evaluation.robustness.paraphraser import KeptCalls, Paraphraser
from evaluation.robustness.result import Written
from evaluation.robustness.runs import Study
from evaluation.robustness.wording import Paraphrase
from simulacra.domain.call import Call, Spent
from simulacra.domain.survey import Item
from simulacra.llm.budgets import Budget, Purse
from simulacra.llm.port import Model
from simulacra.workspace import Workspace

_FILE = "paraphrases.jsonl"


class Writer:
    """Writes paraphrases with a model of a workspace, where what it wrote before is kept."""

    def __init__(self, workspace: Workspace, model: str, *, seed: int) -> None:
        """Nothing is asked yet.

        Raises:
            UnknownName, InputError: the model is unknown, or writes no structured replies.
            StorageError: what was kept cannot be read.
        """
        self._workspace, self._spec, self._seed = workspace, model, seed
        self._kept = KeptCalls(workspace.path / _FILE)
        self._paraphraser(workspace.model(model))

    def calls_for(self, study: Study) -> int:
        """How many paraphrases are asked for at least, those kept from before among them."""
        return len(self._open(study))

    async def write(self, study: Study, max_cost: float | None) -> tuple[Wordings, Written | None]:
        """The study's wordings with the paraphrases that were missing, and what these took.

        ``max_cost`` in US dollars bounds what is bought now.

        Raises:
            ModelError: the model could not be asked; what came is kept.
            BudgetSpent: the money is used up; likewise.
        """
        items = self._open(study)
        if not items:
            return study.wordings, None
        model: Model = self._workspace.model(self._spec)
        if max_cost is not None:
            model = self._workspace.within(model, Purse(Budget(cost=max_cost)))
        found = await self._paraphraser(model).paraphrase(items)
        given = study.wordings
        wordings = given.model_copy(
            update={
                "paraphrase": {**given.paraphrase, **found.texts},
                "unparaphrased": {**given.unparaphrased, **found.spared},
            }
        )
        took = spent_on(found.calls)
        return wordings, Written(
            model=self._spec, items=tuple(found.texts), calls=took.calls, cost=took.cost
        )

    def _paraphraser(self, model: Model) -> Paraphraser:
        return Paraphraser(model, self._kept, self._seed)

    def _open(self, study: Study) -> list[Item]:
        """The items that are to be paraphrased and have no wording yet."""
        if not any(isinstance(one, Paraphrase) for one in study.perturbations):
            return []
        supplied = study.wordings.paraphrase
        return [one for one in study.compared if one.id not in supplied]


def spent_on(calls: tuple[Call, ...]) -> Spent:
    """What calls took."""
    return Spent(
        calls=sum(one.attempts for one in calls),
        tokens=sum(one.usage.tokens_in + one.usage.tokens_out for one in calls),
        cost=sum(one.cost for one in calls),
    )
