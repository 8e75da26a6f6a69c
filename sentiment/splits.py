"""Train, validation, test and unlabelled reviews that share no text, and few films.

The source lists IMDB's reviews film by film, and its test split has other films than train, so
validation is cut from train as contiguous blocks: a random cut would flatter a model that
memorises names. Texts are compared by a hash of their words; test is never read otherwise.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sentiment.data import UNLABELLED, Reviews
from sentiment.errors import SentimentError
from sentiment.recipe import DataRecipe

BLOCK = 100  # source rows of one class that go to validation together
MIN_PER_CLASS = 10


@dataclass(frozen=True)
class Splits:
    """Reviews for each use; `unlabelled` and train are what vocabulary and vectors come from."""

    train: Reviews
    validation: Reviews
    test: Reviews
    unlabelled: list[str]
    notes: list[str]  # what was dropped, one sentence each


def divide(source: dict[str, Reviews], recipe: DataRecipe, seed: int, name: str) -> Splits:
    """Divide a dataset's own splits into ours.

    Args:
        source: what `data.read` gave, keyed by the source's names of its splits.
        name: the dataset, for error messages.

    Raises:
        SentimentError: no training split, one class only, or too few reviews of a class.
    """
    if "train" not in source:
        raise SentimentError(f"{name}: expected a split named 'train', found {', '.join(source)}")
    notes = [
        f"{len(reviews) + reviews.dropped:,} rows in {split}"
        + (f", {reviews.dropped:,} dropped without text or label" if reviews.dropped else "")
        for split, reviews in source.items()
    ]
    rng = np.random.default_rng(seed)
    train = _labelled(source["train"])
    _check_classes(train, name)
    if "test" in source and len(test := _labelled(source["test"])):
        _check_classes(test, f"{name} (test)")
    else:
        train, test = _cut(train, recipe.test_fraction, lambda rows, _: rng.permutation(rows))
    unlabelled = [
        text
        for split, reviews in source.items()
        if split != "test"
        for text, label in zip(reviews.texts, reviews.labels, strict=True)
        if label == UNLABELLED
    ]

    seen = {_digest(text) for text in test.texts}
    train = _without(train, seen, "train", "test", notes)
    fresh = [text for text in unlabelled if _digest(text) not in seen]
    _note_dropped(notes, len(unlabelled) - len(fresh), "unlabelled", "test")

    if "validation" in source and len(own := _labelled(source["validation"])):
        validation = _without(own, seen, "validation", "test", notes)
    else:
        train, validation = _cut(
            train, recipe.validation_fraction, lambda rows, n: _shuffled_blocks(rows, n, rng)
        )
    seen = {_digest(text) for text in validation.texts}
    train = _without(train, seen, "train", "validation", notes)
    for part, reviews in (("training", train), ("validation", validation), ("test", test)):
        _check_classes(reviews, f"{name} ({part} part)", minimum=1)
    return Splits(train, validation, test, fresh, notes)


def fingerprint(parts: Splits) -> str:
    """A hash of what training sees, to tell whether two runs see the same."""
    digest = hashlib.sha256()
    for reviews in (parts.train, parts.validation):
        digest.update(reviews.labels.tobytes())
    for text in parts.train.texts + parts.validation.texts + parts.unlabelled:
        digest.update(_digest(text))
    return digest.hexdigest()


def _digest(text: str) -> bytes:
    words = " ".join(text.lower().split())
    return hashlib.blake2b(words.encode("utf-8", "replace"), digest_size=16).digest()


def _labelled(reviews: Reviews) -> Reviews:
    return reviews.take(np.flatnonzero(reviews.labels != UNLABELLED))


def _check_classes(reviews: Reviews, name: str, minimum: int = MIN_PER_CLASS) -> None:
    negative, positive = (int((reviews.labels == label).sum()) for label in (0, 1))
    if min(negative, positive) < minimum:
        raise SentimentError(
            f"{name}: expected at least {minimum} reviews of each class, found {negative:,} "
            f"negative and {positive:,} positive"
        )


def _without(
    reviews: Reviews, seen: set[bytes], part: str, other: str, notes: list[str]
) -> Reviews:
    keep = [i for i, text in enumerate(reviews.texts) if _digest(text) not in seen]
    _note_dropped(notes, len(reviews) - len(keep), part, other)
    return reviews.take(keep)


def _note_dropped(notes: list[str], count: int, part: str, other: str) -> None:
    if count:
        notes.append(f"{count:,} texts dropped from {part}: they also stand in {other}")


def _cut(
    reviews: Reviews, fraction: float, order: Callable[[np.ndarray, int], np.ndarray]
) -> tuple[Reviews, Reviews]:
    """The rest, and a share of each class: the first rows in an order; both keep the source's."""
    chosen = np.zeros(len(reviews), dtype=bool)
    for label in (0, 1):
        rows = np.flatnonzero(reviews.labels == label)
        count = max(1, round(fraction * len(rows)))
        chosen[order(rows, count)[:count]] = True
    return reviews.take(np.flatnonzero(~chosen)), reviews.take(np.flatnonzero(chosen))


def _shuffled_blocks(rows: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """The rows as blocks of neighbours in random order, of which `count` rows will be taken."""
    block = max(1, min(BLOCK, count // 5))  # small data: at least five blocks
    blocks = np.array_split(rows, max(2, round(len(rows) / block)))
    return np.concatenate([blocks[i] for i in rng.permutation(len(blocks))])
