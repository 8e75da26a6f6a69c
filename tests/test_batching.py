import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sentiment.batching import batches_by_length, pad, shuffled_batches

LENGTHS = st.lists(st.integers(1, 60), min_size=1, max_size=300).map(np.array)


def test_padding_is_zeros_at_the_end() -> None:
    padded = pad([np.array([5, 6]), np.array([7])])
    assert padded.tolist() == [[5, 6], [7, 0]]
    assert padded.dtype == np.int32


@given(LENGTHS)
def test_prediction_batches_hold_each_position_once_within_the_bound(lengths: np.ndarray) -> None:
    batches = list(batches_by_length(lengths, max_tokens=40))
    assert sorted(np.concatenate(batches).tolist()) == list(range(len(lengths)))
    assert all(len(b) == 1 or len(b) * lengths[b].max() <= 40 for b in batches)


@given(LENGTHS, st.integers(1, 20))
def test_training_batches_hold_each_position_once(lengths: np.ndarray, size: int) -> None:
    batches = shuffled_batches(lengths, size, np.random.default_rng(0))
    assert sorted(np.concatenate(batches).tolist()) == list(range(len(lengths)))
    assert all(len(batch) <= size for batch in batches)
    assert len(batches) == -(-len(lengths) // size)


def test_training_batches_waste_little_and_come_in_random_order() -> None:
    lengths = np.random.default_rng(1).integers(1, 500, 5000)
    batches = shuffled_batches(lengths, 32, np.random.default_rng(2))
    padded = sum(len(batch) * lengths[batch].max() for batch in batches)
    assert padded < 1.05 * lengths.sum()
    longest = np.array([lengths[batch].max() for batch in batches])
    assert abs(np.corrcoef(longest, np.arange(len(longest)))[0, 1]) < 0.3
