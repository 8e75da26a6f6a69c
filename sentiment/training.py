"""Reviews to a trained model: tokenizer, word vectors, and the fit."""

from dataclasses import dataclass

import keras
import numpy as np
from tokenizers import Tokenizer

from sentiment import tokenizer, word_vectors
from sentiment.checkpoint import Workspace
from sentiment.data import Reviews
from sentiment.errors import SentimentError
from sentiment.fitting import Encoded, fit
from sentiment.history import Epoch
from sentiment.model import build_model
from sentiment.recipe import Recipe
from sentiment.splits import Splits


@dataclass(frozen=True)
class Trained:
    """What training gives: the model of the best epoch, and what its bundle needs beside it."""

    model: keras.Model
    tokenizer: Tokenizer
    validation: Encoded
    history: list[Epoch]


def train(recipe: Recipe, parts: Splits, workspace: Workspace) -> Trained:
    """Train a recipe on train, validation and unlabelled reviews; test is not looked at.

    A seed gives the same weights again on the same machine.
    """
    words = tokenizer.train(parts.train.texts + parts.unlabelled, recipe.tokenizer)
    encoded = _encode(words, parts.train, "training")
    validation = _encode(words, parts.validation, "validation")
    keras.utils.set_random_seed(recipe.seed)
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()
    vectors = _initial_vectors(recipe, words, encoded, parts.unlabelled, workspace)
    model = build_model(recipe.model, words.get_vocab_size(), vectors)
    history = fit(model, encoded, validation, recipe.training, recipe.seed, workspace)
    return Trained(model, words, validation, history)


def _encode(words: Tokenizer, reviews: Reviews, part: str) -> Encoded:
    """The reviews that have a token; how many have none is said."""
    ids = tokenizer.encode_batch(words, reviews.texts)
    readable = [i for i, sequence in enumerate(ids) if len(sequence)]
    if not readable:
        raise SentimentError(f"no {part} review holds a word")
    if len(readable) < len(ids):
        print(f"{len(ids) - len(readable):,} {part} reviews left out: they hold no word")
    return Encoded([ids[i] for i in readable], reviews.labels[readable])


def _initial_vectors(
    recipe: Recipe, words: Tokenizer, train: Encoded, unlabelled: list[str], workspace: Workspace
) -> np.ndarray | None:
    """The embedding that training starts from, (V, E) float32; None for Keras' own."""
    source, width, seed = recipe.model.word_vectors, recipe.model.embedding_width, recipe.seed
    if source == "none":
        return None

    def compute() -> np.ndarray:
        print("Training word vectors", flush=True)
        sequences = train.ids + tokenizer.encode_batch(words, unlabelled)
        return word_vectors.train_word2vec(sequences, words.get_vocab_size(), width, seed)

    if source == "word2vec":
        vectors = workspace.array("word_vectors", compute)
    else:
        vectors = word_vectors.read_text_file(source, words.get_vocab(), width, seed)
    return vectors * np.float32(recipe.model.word_vectors_std)
