"""``simulacra evaluate``: how far to trust simulated people."""

import typer

from ui.cli import (
    evaluate_all,
    evaluate_experiment,
    evaluate_fidelity,
    evaluate_moods,
    evaluate_observer,
    evaluate_psychometrics,
    evaluate_robustness,
    evaluate_self_report,
    evaluate_traits,
)

app = typer.Typer(help="Evaluations: how far to trust simulated people.", no_args_is_help=True)
for _module in (
    evaluate_all,
    evaluate_self_report,
    evaluate_observer,
    evaluate_traits,
    evaluate_psychometrics,
    evaluate_robustness,
    evaluate_fidelity,
    evaluate_experiment,
    evaluate_moods,
):
    _module.register(app)
