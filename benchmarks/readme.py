"""Write the README's tables from the files that hold their numbers.

python -m benchmarks.readme
"""

import json
from pathlib import Path

from sentiment import files

ROOT = Path(__file__).parents[1]
BEGIN, END = "<!-- results: begin -->", "<!-- results: end -->"


def results_table() -> str:
    """The default bundle beside the linear model, on the same splits."""
    bundle = json.loads((ROOT / "bundle" / "metrics.json").read_text(encoding="utf-8"))
    linear = json.loads((ROOT / "benchmarks" / "linear.json").read_text(encoding="utf-8"))
    rows = [
        "| | accuracy | F1 | ROC AUC | log loss | calibration error |",
        "|---|---|---|---|---|---|",
    ]
    for name, results in (
        ("this bundle", bundle),
        ("linear model on 1- to 3-grams", linear),
    ):
        test = results["test"]
        low, high = test["accuracy_interval"]
        rows.append(
            f"| {name} | {test['accuracy']:.2%} ({low:.1%} to {high:.1%}) | {test['f1']:.4f} "
            f"| {test['roc_auc']:.4f} | {test['log_loss']:.4f} "
            f"| {test['expected_calibration_error']:.2%} |"
        )
    dataset = bundle["dataset"]
    rows.append(
        f"\nOn the {dataset['test']:,} test reviews, with the 95 % interval; "
        f"{bundle['model']['parameters']:,} parameters, fitted in "
        f"{bundle['training']['seconds'] / 60:.0f} minutes ({bundle['training']['machine']})."
    )
    return "\n".join(rows)


def updated(readme: str) -> str:
    """The README with its results between the two marks made anew."""
    before, rest = readme.split(BEGIN)
    after = rest.split(END)[1]
    return f"{before}{BEGIN}\n{results_table()}\n{END}{after}"


def main() -> None:
    """Rewrite README.md in place."""
    path = ROOT / "README.md"
    files.write_text(path, updated(path.read_text(encoding="utf-8")))


if __name__ == "__main__":
    main()
