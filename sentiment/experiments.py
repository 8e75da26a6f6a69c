"""The log of every evaluation on the test split."""

import datetime
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LOG = ROOT / "docs" / "EXPERIMENTS.md"


def log(path: Path, system: str, results: dict[str, Any], commit: str) -> None:
    """Add a line with the date, the commit and the results on validation and test.

    Args:
        path: the log, made if it is not there.
        system: what was evaluated, such as a recipe's name.
        results: as metrics.json holds them.
        commit: that of the code when the run began.
    """
    row = (
        datetime.date.today().isoformat(),
        commit,
        system,
        results["dataset"]["name"],
        *(f"{results[part]['accuracy']:.2%}" for part in ("validation", "test")),
        f"{results['test']['expected_calibration_error']:.2%}",
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(f"| {' | '.join(row)} |\n")


def commit() -> str:
    """The checkout's commit, marked if it was changed; "unknown" without git or outside one."""
    git = ["git", "-C", str(ROOT), "describe", "--always", "--dirty", "--exclude=*"]
    try:
        found = subprocess.run(git, capture_output=True, text=True, check=False)
    except OSError:
        return "unknown"
    return found.stdout.strip() or "unknown"
