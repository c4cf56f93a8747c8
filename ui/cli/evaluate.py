"""``simulacra evaluate``: evaluations of people and of runs, one file a command."""

import typer

from ui.cli import evaluate_fidelity, evaluate_moods, evaluate_robustness, evaluate_self_report

app = typer.Typer(
    help="Evaluations: self-report, fidelity, moods, robustness.", no_args_is_help=True
)
evaluate_fidelity.register(app)
evaluate_moods.register(app)
evaluate_robustness.register(app)
evaluate_self_report.register(app)
