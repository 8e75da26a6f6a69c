"""Why a text got its answer: how far each word pulled, found by leaving it out.

Leaving every word out of a long text, one at a time, is exact and slow. So each word is first left
out of its near context, which is cheap, and only those that matter most there are left out of the
whole text.
"""

from collections.abc import Callable, Sequence

import numpy as np

CONTEXT = 4  # words on either side
EXACT = 80  # words that are left out of the whole text

Span = tuple[int, int]
Classify = Callable[[list[np.ndarray]], np.ndarray]  # token ids of N texts to positive (N,)


def weigh_spans(
    ids: np.ndarray, offsets: Sequence[Span], classify: Classify, exact: int = EXACT
) -> list[tuple[Span, float]]:
    """How far each word moved the logit of "positive": up above 0, down below 0.

    Args:
        ids: token ids of one text, (T,).
        offsets: where each token stands in the text, (start, end) in characters.
        classify: the model, which takes a text without tokens too.
        exact: how many words are left out of the whole text; all of them for a reference.

    Returns:
        The spans in order, none overlapping, each with its weight; 0 for those not left out of the
        whole text. Tokens of one span are left out together.
    """
    spans, words = _group(ids, offsets)
    if not words:
        return []
    everything = range(len(words))
    windows = [everything[max(0, i - CONTEXT) : i + CONTEXT + 1] for i in everything]
    near = _logits(classify, [_join(words, window) for window in windows])
    near_without = _logits(
        classify, [_join(words, window, without=i) for i, window in enumerate(windows)]
    )
    chosen = np.argsort(-np.abs(near - near_without), kind="stable")[:exact]
    texts = [_join(words, everything), *(_join(words, everything, without=i) for i in chosen)]
    whole, *without = _logits(classify, texts)
    weights = np.zeros(len(words))
    weights[chosen] = whole - np.array(without)
    return list(zip(spans, weights.tolist(), strict=True))


def _group(ids: np.ndarray, offsets: Sequence[Span]) -> tuple[list[Span], list[np.ndarray]]:
    """Spans that do not overlap, and the tokens of each: a character can become several tokens."""
    spans: list[Span] = []
    words: list[list[int]] = []
    for token, (start, end) in zip(ids.tolist(), offsets, strict=True):
        if spans and start < spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
            words[-1].append(token)
        else:
            spans.append((start, end))
            words.append([token])
    return spans, [np.array(word, dtype=np.int32) for word in words]


def _join(words: list[np.ndarray], chosen: range, without: int = -1) -> np.ndarray:
    kept = [words[i] for i in chosen if i != without]
    return np.concatenate(kept) if kept else np.empty(0, dtype=np.int32)


def _logits(classify: Classify, texts: list[np.ndarray]) -> np.ndarray:
    positive = np.clip(classify(texts).astype(np.float64), 1e-9, 1 - 1e-9)
    logits: np.ndarray = np.log(positive / (1 - positive))
    return logits
