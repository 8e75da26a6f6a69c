"""Sequences of many lengths as few, well-filled arrays."""

from collections.abc import Iterator, Sequence

import numpy as np

from sentiment.tokenizer import PADDING_ID

POOL = 50  # training batches that are sorted by length together


def pad(sequences: Sequence[np.ndarray]) -> np.ndarray:
    """Token ids as one array (B, T) int32, T the longest, padded with 0 at the end."""
    padded = np.full((len(sequences), max(map(len, sequences))), PADDING_ID, dtype=np.int32)
    for row, sequence in zip(padded, sequences, strict=True):
        row[: len(sequence)] = sequence
    return padded


def shuffled_batches(
    lengths: np.ndarray, batch_size: int, rng: np.random.Generator
) -> list[np.ndarray]:
    """Cut a shuffled epoch into batches of similar length, themselves in random order.

    Args:
        lengths: tokens of each sequence, (N,).

    Returns:
        Arrays of positions, `batch_size` each, or fewer in the last of them.
    """
    order = rng.permutation(len(lengths))
    batches: list[np.ndarray] = []
    for start in range(0, len(order), POOL * batch_size):
        pool = order[start : start + POOL * batch_size]
        pool = pool[np.argsort(lengths[pool], kind="stable")]
        batches.extend(pool[i : i + batch_size] for i in range(0, len(pool), batch_size))
    return [batches[i] for i in rng.permutation(len(batches))]


def batches_by_length(lengths: np.ndarray, max_tokens: int) -> Iterator[np.ndarray]:
    """Cut into batches of at most `max_tokens`, padding counted, the longest sequences first.

    Args:
        lengths: tokens of each sequence, (N,), none of them 0.

    Yields:
        Arrays of positions, each position once; a sequence over the bound is alone.
    """
    order = np.argsort(-lengths, kind="stable")
    start = 0
    while start < len(order):
        count = max(1, max_tokens // int(lengths[order[start]]))
        yield order[start : start + count]
        start += count
