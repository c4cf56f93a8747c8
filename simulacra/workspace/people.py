"""People in a workspace: made ready to be asked, written, and taught."""

import contextlib
from collections.abc import Iterator
from datetime import datetime

from simulacra.cognition.respondent import Respondent
from simulacra.domain.call import Spent
from simulacra.domain.elicitation import BY_CHOICE, Elicitation
from simulacra.domain.learning import CHAT
from simulacra.domain.persona import Persona
from simulacra.domain.run import Mechanism, Method
from simulacra.domain.selection import SelectionSpec
from simulacra.llm.budgets import Budget, Purse
from simulacra.llm.port import Model
from simulacra.runs.learning import Doubt, Learner
from simulacra.workspace.resources import Resources


class People(Resources):
    """The resources of a workspace, put together around one person."""

    def author_model(
        self,
        persona_id: str,
        spec: str | None = None,
        budget: Budget | None = None,
        since: datetime | None = None,
    ) -> Model:
        """The model that writes for a persona; a budget counts what was bought ``since``.

        Raises:
            UnknownName, InputError, FatalModelError: as ``model`` does.
        """
        model = self.model(spec)
        if budget is None or budget == Budget():
            return model
        sums = self.authoring.sums(persona_id, since)
        spent = Spent(
            calls=sum(one.attempts for one in sums),
            tokens=sum(one.tokens_in + one.tokens_out for one in sums),
            cost=sum(one.cost for one in sums),
        )
        return self.within(model, Purse(budget, spent))

    @contextlib.contextmanager
    def sole_writer(self, persona: Persona) -> Iterator[None]:
        """Keeps other processes of this workspace from buying words for a person at the same time.

        Raises:
            Busy: another process is at it.
            StorageError: the workspace cannot be written.
        """
        with self.alone(f"writing-{persona.id}", f"writing {persona.name}"):
            yield

    @contextlib.contextmanager
    def sole_selector(self, spec: SelectionSpec) -> Iterator[None]:
        """Keeps other processes from buying the scores of the same candidates at the same time.

        Raises:
            Busy: another process is at it.
            StorageError: the workspace cannot be written.
        """
        with self.alone(f"selecting-{spec.asked}", "scoring the same candidates"):
            yield

    def respondent(
        self,
        persona: Persona,
        method: Method | Mechanism,
        model: Model,
        *,
        rewrites: bool = False,
        elicit: Elicitation = BY_CHOICE,
    ) -> Respondent:
        """A persona ready to be asked or talked to; a method stands for all its agents."""
        recaller = self.recaller if Mechanism.of(method).recalls else None
        return Respondent(
            persona, method, model, recaller, self.priors, rewrites=rewrites, elicit=elicit
        )

    def learner(
        self,
        respondent: Respondent,
        stream: str = CHAT,
        *,
        before: tuple[str, ...] = (),
        doubt: Doubt | None = None,
        seed: int = 0,
        run_id: str = "",
        wave: int = 0,
    ) -> Learner:
        """What makes memories of what a respondent was told; see ``Learner``."""
        return Learner(
            respondent.context,
            self.learned,
            self.recaller,
            stream=stream,
            before=before,
            doubt=doubt,
            seed=seed,
            run_id=run_id,
            wave=wave,
        )
