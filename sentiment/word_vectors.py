"""Initial embeddings: word2vec trained on our own reviews, or vectors from a text file."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sentiment.errors import SentimentError
from sentiment.tokenizer import PADDING_ID


def check(source: str) -> None:
    """Raise SentimentError unless `source` is "none", "word2vec" or a file."""
    if source not in ("none", "word2vec") and not Path(source).is_file():
        raise SentimentError(
            f"word_vectors: expected none, word2vec or a file of word vectors, found {source!r}"
        )


def train_word2vec(
    sequences: Sequence[np.ndarray], vocabulary_size: int, width: int, seed: int, epochs: int = 8
) -> np.ndarray:
    """Continuous bag of words with negative sampling (Mikolov et al. 2013), by gensim.

    One worker, so that a seed gives the same vectors in every process.

    Args:
        sequences: token ids of each review.

    Returns:
        Embedding (vocabulary_size, width) float32 of unit standard deviation; words never seen are
        noise, padding is 0.
    """
    from gensim.models import Word2Vec

    model = Word2Vec(
        [list(map(str, sequence.tolist())) for sequence in sequences],
        vector_size=width,
        window=8,
        min_count=1,
        negative=8,
        sample=1e-4,
        sg=0,
        epochs=epochs,
        seed=seed,
        workers=1,
    )
    known = {int(word): model.wv[word] for word in model.wv.index_to_key}
    return _embedding(known, vocabulary_size, width, seed)


def read_text_file(
    path: str | Path, vocabulary: dict[str, int], width: int, seed: int
) -> np.ndarray:
    """Read a GloVe or word2vec text file, one word and its numbers a line.

    Args:
        vocabulary: word to row.

    Returns:
        Embedding (len(vocabulary), width) float32, as `train_word2vec` gives.

    Raises:
        SentimentError: no such file, another width, or not numbers, with the line.
    """
    known: dict[int, np.ndarray] = {}
    try:
        with Path(path).open(encoding="utf-8", errors="replace") as lines:
            for number, line in enumerate(lines, 1):
                word, *values = line.strip().rsplit(" ", width)  # a word may hold spaces
                if not word or (number == 1 and len(line.split()) == 2):
                    continue  # blank, or word2vec's header: how many, how wide
                if len(values) != width:
                    raise SentimentError(
                        f"{path}: line {number} holds fewer numbers than the recipe's "
                        f"embedding_width, {width}"
                    )
                if word in vocabulary:
                    known[vocabulary[word]] = np.array(values, dtype=np.float32)
    except OSError as error:
        raise SentimentError(f"{path}: word vectors cannot be read ({error.strerror})") from None
    except ValueError as error:
        if isinstance(error, SentimentError):
            raise
        raise SentimentError(f"{path}: line {number} is not a word and its numbers") from None
    if not known:
        raise SentimentError(f"{path}: holds no word of the vocabulary; expected lower-case words")
    spread = np.std(list(known.values()))
    if not (np.isfinite(spread) and spread > 0):
        raise SentimentError(f"{path}: holds vectors that are not finite, or all the same")
    return _embedding(known, len(vocabulary), width, seed)


def _embedding(
    known: dict[int, np.ndarray], vocabulary_size: int, width: int, seed: int
) -> np.ndarray:
    """Known rows scaled together to unit standard deviation, noise elsewhere, padding 0."""
    embedding = np.random.default_rng(seed).normal(size=(vocabulary_size, width))
    rows = np.array(sorted(known))
    vectors = np.stack([known[row] for row in rows])
    embedding[rows] = vectors / vectors.std()
    embedding[PADDING_ID] = 0.0
    return embedding.astype(np.float32)
