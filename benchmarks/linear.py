"""The linear model that an LSTM has to beat: logistic regression on naive-Bayes-weighted n-grams.

    python -m benchmarks.linear [--dataset NAME_OR_PATH]

Wang and Manning (2012), "Baselines and Bigrams", section 2.3, on the default recipe's own splits;
writes benchmarks/linear.json. Of five strengths of regularisation it takes the best on validation.
"""

import argparse
import json
import os
import platform
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

from sentiment import SentimentError, data, evaluation, experiments, files, splits
from sentiment.recipe import Recipe

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "linear.json"
STRENGTHS = (0.3, 1.0, 3.0, 10.0, 30.0)  # scikit-learn's C


def fit_and_measure(parts: splits.Splits) -> dict[str, Any]:
    """Fit on train, choose by validation, and measure once on test."""
    started = time.perf_counter()
    words = CountVectorizer(
        ngram_range=(1, 3),
        token_pattern=r"[\w']+|[!?]",  # noqa: S106 - not a password
        preprocessor=lambda text: text.lower().replace("<br />", " "),
        binary=True,
        min_df=2,
        dtype=np.float32,
    )
    train = words.fit_transform(parts.train.texts)
    ratio = log_count_ratio(train, parts.train.labels)
    validation = words.transform(parts.validation.texts).multiply(ratio).tocsr()
    weighted = train.multiply(ratio).tocsr()
    candidates = [
        LogisticRegression(C=strength, solver="liblinear", dual=True, max_iter=10_000).fit(
            weighted, parts.train.labels
        )
        for strength in STRENGTHS
    ]
    model = max(candidates, key=lambda fitted: fitted.score(validation, parts.validation.labels))
    test = words.transform(parts.test.texts).multiply(ratio).tocsr()
    return {
        "model": "logistic regression on naive-Bayes-weighted 1- to 3-grams",
        "features": len(words.vocabulary_),
        "C": model.C,
        "seconds": time.perf_counter() - started,
        "machine": f"{os.cpu_count()} cores, {platform.machine()}",
        "validation": evaluation.evaluate(
            parts.validation.labels, model.predict_proba(validation)[:, 1]
        ),
        "test": evaluation.evaluate(parts.test.labels, model.predict_proba(test)[:, 1]),
    }


def log_count_ratio(counts: csr_matrix, labels: np.ndarray) -> np.ndarray:
    """Log of how much likelier each n-gram is in positive reviews, smoothed by one; (F,)."""
    positive, negative = (
        np.asarray(counts[labels == label].sum(axis=0)).ravel() + 1 for label in (1, 0)
    )
    ratio: np.ndarray = np.log((positive / positive.sum()) / (negative / negative.sum()))
    return ratio.astype(np.float32)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--dataset", default="stanfordnlp/imdb")
    parser.add_argument("--dataset-name", help="what the log calls it (default: as --dataset)")
    args = parser.parse_args(arguments)
    commit = experiments.commit()
    recipe = Recipe.load(ROOT / "recipes" / "default.toml")
    try:
        source = data.read(args.dataset)
        parts = splits.divide(source, recipe.data, recipe.seed, args.dataset)
    except SentimentError as error:
        print(f"benchmarks.linear: {error}", file=sys.stderr)
        return 2
    results = {"dataset": {"name": args.dataset_name or args.dataset}} | fit_and_measure(parts)
    files.write_text(RESULTS, json.dumps(results, indent=2) + "\n")
    experiments.log(experiments.LOG, "linear", results, commit)
    print(
        f"validation {results['validation']['accuracy']:.2%}, test "
        f"{results['test']['accuracy']:.2%}, {results['seconds']:.0f} s; wrote {RESULTS.name}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
