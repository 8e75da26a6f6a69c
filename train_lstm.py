"""Train a recipe on a dataset, write the bundle, and evaluate the bundle that was written.

    python train_lstm.py
    python train_lstm.py --recipe recipes/gru.toml --dataset reviews.csv --output gru
    python train_lstm.py --resume

A run lives in OUTPUT.training until its bundle is in OUTPUT; stopped at any moment, it goes on
with --resume.
"""

import argparse
import sys
from pathlib import Path

import hub_utils
from sentiment import SentimentError, bundle, data, experiments, files, splits, word_vectors
from sentiment.checkpoint import Workspace
from sentiment.recipe import Recipe

ROOT = Path(__file__).parent


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    args = parse_arguments(arguments)
    try:
        run(args)
    except SentimentError as error:
        print(f"train_lstm.py: {error}", file=sys.stderr)
        return 2
    except OSError as error:  # no permission, a full disk: what is finished is still there
        print(f"train_lstm.py: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        kept = workspace_folder(args.output)
        way_on = (
            f"What is finished is kept in {kept}; "
            "the same command with --resume goes on from there."
            if kept.exists()
            else "Nothing was begun."
        )
        print(f"\nStopped. {way_on}", file=sys.stderr)
        return 130
    return 0


def parse_arguments(arguments: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--recipe", type=Path, default=ROOT / "recipes" / "default.toml")
    parser.add_argument(
        "--dataset",
        default="stanfordnlp/imdb",
        help="Hub dataset id, folder in the Hub's layout, or CSV, TSV, Parquet or JSON-lines file",
    )
    parser.add_argument("--dataset-revision", help="branch, tag or commit of a Hub dataset")
    parser.add_argument(
        "--dataset-name",
        help="what the card calls it; for a copy of a Hub dataset its id (default: the id, or the "
        "name of the folder or file)",
    )
    parser.add_argument("--text-column", help="default: text, review or reviews")
    parser.add_argument("--label-column", help="default: label or sentiment")
    parser.add_argument("--output", type=Path, default=Path("bundle"), help="folder of the bundle")
    parser.add_argument("--resume", action="store_true", help="go on with a run that was stopped")
    parser.add_argument(
        "--validation-only",
        action="store_true",
        help="stop before the test split is read; --resume without this finishes the run",
    )
    parser.add_argument(
        "--experiments",
        type=Path,
        default=experiments.LOG,
        help="the log that gets a line for every evaluation on test",
    )
    args = parser.parse_args(arguments)
    args.output = args.output.resolve()
    return args


def run(args: argparse.Namespace) -> None:
    """Data, tokenizer, fit, bundle and its evaluation; each step says what it does."""
    commit = experiments.commit()
    recipe = Recipe.load(args.recipe)
    word_vectors.check(recipe.model.word_vectors)
    check_output(args.output)
    print(f"Reading {args.dataset}", flush=True)
    source = data.read(args.dataset, args.dataset_revision, args.text_column, args.label_column)
    parts = splits.divide(source, recipe.data, recipe.seed, args.dataset)
    print(*parts.notes, sep="\n", flush=True)
    identity = {"recipe": recipe.to_dict(), "dataset": splits.fingerprint(parts)}
    workspace = Workspace.open(workspace_folder(args.output), identity, args.resume)
    files.recover(args.output)  # not before it is known that no other run is writing there

    # TensorFlow takes seconds to import: not before the input is known to be good.
    from sentiment import history, release, training

    trained = training.train(recipe, parts, workspace)
    best = history.best_epoch(trained.history)
    print(
        f"Best epoch {best.epoch}: validation accuracy {best.validation_accuracy:.2%}", flush=True
    )
    if args.validation_only:
        return
    print("Writing the bundle and evaluating it", flush=True)
    with files.new_folder(args.output) as folder:
        name = args.dataset_name or default_name(args.dataset)
        results = release.write_bundle(folder, trained, recipe, parts, name)
        experiments.log(args.experiments, args.recipe.stem, results, commit)
        hub_utils.write_card(folder)
        check_output(args.output)
    workspace.remove()
    test = results["test"]
    print(
        f"Wrote {args.output}: test accuracy {test['accuracy']:.2%}, "
        f"expected calibration error {test['expected_calibration_error']:.2%}"
    )


def default_name(dataset: str) -> str:
    """A Hub id as it is; of a folder or file its name, which tells nothing of this machine."""
    return Path(dataset).resolve().name if Path(dataset).exists() else dataset


def workspace_folder(output: Path) -> Path:
    """Where a run lives until its bundle is written."""
    return output.with_name(output.name + ".training")


def check_output(output: Path) -> None:
    """Refuse, before hours of training and again before the swap, to replace what is not ours."""
    if Path.cwd().is_relative_to(output):
        raise SentimentError(
            f"{output}: is the folder you are in, or above it; choose another --output"
        )
    if not output.exists() or (output.is_dir() and not any(output.iterdir())):
        return
    if foreign := bundle.foreign_files(output):
        raise SentimentError(
            f"{output}: holds {foreign[0]}, which is no part of a bundle and would be lost; "
            "choose another --output, or move it away"
        )


if __name__ == "__main__":
    sys.exit(main())
