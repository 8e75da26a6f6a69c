"""How faithful the highlighted words are: what deleting them does, beside exact and random ones.

    python -m benchmarks.highlight [--dataset NAME_OR_PATH]

On 500 validation reviews of the bundle's recipe: how much the probability of the predicted class
falls when a tenth of the words is deleted, chosen by `explain`, by exact leave-one-out, or at
random; and how long `explain` takes. Writes benchmarks/highlight.json.
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
from tqdm import tqdm

from sentiment import SentimentClassifier, SentimentError, data, files, splits
from sentiment.recipe import Recipe

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "highlight.json"
REVIEWS = 500
SHARE = 0.1  # of the words are deleted
TIMED_WORDS = 267
TIMED_RUNS = 50

Pieces = list[tuple[str, float]]


def measure_drops(classifier: SentimentClassifier, texts: list[str], seed: int) -> dict[str, float]:
    """Mean fall of the predicted class's probability, by how the deleted words were chosen."""
    rng = np.random.default_rng(seed)
    drops: dict[str, list[float]] = {"explain": [], "leave_one_out": [], "random": []}
    for text in tqdm(texts, "reviews", disable=None):
        before = classifier.predict(text)
        sign = 1 if before.label == "positive" else -1
        quick, exact = classifier.explain(text), classifier.explain(text, exact=len(text))
        words = [i for i, (piece, _) in enumerate(quick) if any(map(str.isalnum, piece))]
        count = max(1, round(SHARE * len(words)))
        deleted = {
            "explain": sorted(words, key=lambda i: -sign * quick[i][1])[:count],
            "leave_one_out": sorted(words, key=lambda i: -sign * exact[i][1])[:count],
            "random": rng.permutation(words)[:count].tolist(),
        }
        for name, chosen in deleted.items():
            positive = classifier.predict(_without(quick, set(chosen))).positive
            drops[name].append(sign * (before.positive - positive))
    return {name: float(np.mean(values)) for name, values in drops.items()}


def time_explain(classifier: SentimentClassifier, texts: list[str]) -> dict[str, float]:
    """Milliseconds to explain a review of `TIMED_WORDS` tokens, median and 95th percentile."""
    chosen = sorted(texts, key=lambda t: abs(classifier.predict(t).tokens - TIMED_WORDS))
    times = []
    for text in chosen[:TIMED_RUNS]:
        started = time.perf_counter()
        classifier.explain(text)
        times.append(1000 * (time.perf_counter() - started))
    return {"p50_ms": float(np.median(times)), "p95_ms": float(np.percentile(times, 95))}


def _without(pieces: Pieces, deleted: set[int]) -> str:
    return "".join(piece for i, (piece, _) in enumerate(pieces) if i not in deleted)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--dataset", default="stanfordnlp/imdb")
    args = parser.parse_args(arguments)
    try:
        classifier = SentimentClassifier.load(ROOT / "bundle")
        recipe = Recipe.from_dict(classifier.manifest.recipe)
        parts = splits.divide(data.read(args.dataset), recipe.data, recipe.seed, args.dataset)
    except SentimentError as error:
        print(f"benchmarks.highlight: {error}", file=sys.stderr)
        return 2
    texts = parts.validation.texts
    rng = np.random.default_rng(recipe.seed)
    sample = [texts[i] for i in rng.permutation(len(texts))[:REVIEWS]]
    results: dict[str, Any] = {
        "reviews": len(sample),
        "share_of_words_deleted": SHARE,
        "machine": f"{os.cpu_count()} cores, {platform.machine()}",
        "load": os.getloadavg()[0],
        "explain": time_explain(classifier, texts),
        "drop": measure_drops(classifier, sample, recipe.seed),
    }
    files.write_text(RESULTS, json.dumps(results, indent=2) + "\n")
    print(json.dumps(results, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
