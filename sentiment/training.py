"""Reviews to a trained model: tokenizer, word vectors, length-bucketed fitting, exact resuming."""

import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from tokenizers import Tokenizer
from tqdm import tqdm

from sentiment import history as histories
from sentiment import tokenizer, word_vectors
from sentiment.batching import batches_by_length, pad, shuffled_batches
from sentiment.checkpoint import Workspace
from sentiment.data import Reviews
from sentiment.history import Epoch, best_epoch
from sentiment.model import build_model
from sentiment.recipe import Recipe, TrainingRecipe
from sentiment.splits import Splits

PREDICT_TOKENS = 64 * 1024  # padded tokens in one batch of predictions


@dataclass(frozen=True)
class Encoded:
    """Token ids of each review, without padding, and labels (N,), 0 or 1."""

    ids: list[np.ndarray]
    labels: np.ndarray


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
    encoded, validation = _encode(words, parts.train), _encode(words, parts.validation)
    keras.utils.set_random_seed(recipe.seed)
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()
    vectors = _initial_vectors(recipe, words, encoded, parts.unlabelled, workspace)
    model = build_model(recipe.model, words.get_vocab_size(), vectors)
    history = fit(model, encoded, validation, recipe.training, recipe.seed, workspace)
    return Trained(model, words, validation, history)


def fit(
    model: keras.Model,
    train: Encoded,
    validation: Encoded,
    recipe: TrainingRecipe,
    seed: int,
    workspace: Workspace,
) -> list[Epoch]:
    """Train, and leave the weights of the best epoch in the model.

    Every finished epoch is kept in the workspace; a call that finds some there goes on after them
    and ends with the same weights as one that was never stopped.

    Returns:
        The history, one row an epoch, those of earlier calls included.
    """
    steps = -(-len(train.ids) // recipe.batch_size)
    _compile(model, recipe, steps)
    history = _restore(model, workspace)
    while len(history) < recipe.epochs and not _should_stop(history, recipe.early_stopping):
        history.append(_run_epoch(model, train, validation, recipe, seed, len(history) + 1))
        workspace.write_epoch(len(history), lambda folder: _save(model, history, workspace, folder))
        print(_describe(history[-1], recipe.epochs), flush=True)
    model.load_weights(workspace.epoch_folder(len(history)) / "best.weights.h5")
    return history


def predict(model: keras.Model, ids: list[np.ndarray]) -> np.ndarray:
    """Probabilities of positive (N,), in the order of the reviews."""
    lengths = np.array([len(sequence) for sequence in ids])
    positive = np.empty(len(ids), dtype=np.float32)
    for chosen in batches_by_length(lengths, PREDICT_TOKENS):
        positive[chosen] = model.predict_on_batch(pad([ids[i] for i in chosen]))
    return positive


def _encode(words: Tokenizer, reviews: Reviews) -> Encoded:
    """The reviews that have a token."""
    ids = tokenizer.encode_batch(words, reviews.texts)
    readable = [i for i, sequence in enumerate(ids) if len(sequence)]
    return Encoded([ids[i] for i in readable], reviews.labels[readable])


def _initial_vectors(
    recipe: Recipe, words: Tokenizer, train: Encoded, unlabelled: list[str], workspace: Workspace
) -> np.ndarray | None:
    """The embedding that training starts from, (V, E) float32; None for Keras' own."""
    width, source = recipe.model.embedding_width, recipe.model.word_vectors
    if source == "none":
        return None
    if source != "word2vec":
        return word_vectors.read_text_file(source, words.get_vocab(), width, recipe.seed)

    def compute() -> np.ndarray:
        print("Training word vectors", flush=True)
        sequences = train.ids + tokenizer.encode_batch(words, unlabelled)
        return word_vectors.train_word2vec(sequences, words.get_vocab_size(), width, recipe.seed)

    return workspace.array("word_vectors", compute)


def _compile(model: keras.Model, recipe: TrainingRecipe, steps: int) -> None:
    rate: Any = recipe.learning_rate
    if recipe.schedule == "cosine":
        rate = keras.optimizers.schedules.CosineDecay(rate, steps * recipe.epochs)
    kind = type(keras.optimizers.get(recipe.optimizer))
    optimizer = kind(learning_rate=rate, clipnorm=recipe.clipnorm or None)
    model.compile(
        optimizer,
        keras.losses.BinaryCrossentropy(label_smoothing=recipe.label_smoothing),
        metrics=[keras.metrics.BinaryAccuracy(name="accuracy")],
    )
    optimizer.build(model.trainable_variables)


def _run_epoch(
    model: keras.Model,
    train: Encoded,
    validation: Encoded,
    recipe: TrainingRecipe,
    seed: int,
    epoch: int,
) -> Epoch:
    started = time.perf_counter()
    lengths = np.array([len(sequence) for sequence in train.ids])
    batches = shuffled_batches(lengths, recipe.batch_size, np.random.default_rng([seed, epoch]))
    totals = {"loss": 0.0, "accuracy": 0.0}
    progress = tqdm(
        batches, f"epoch {epoch}/{recipe.epochs}", unit="batch", leave=False, disable=None
    )
    for chosen in progress:
        ids = pad([train.ids[i] for i in chosen])  # (B, T)
        scores = model.train_on_batch(ids, train.labels[chosen], return_dict=True)
        for name in totals:
            totals[name] += scores[name] * len(chosen) / len(train.ids)
        progress.set_postfix(loss=f"{scores['loss']:.3f}", refresh=False)
    positive = predict(model, validation.ids)
    right = np.where(validation.labels == 1, positive, 1 - positive)  # (N,)
    return Epoch(
        epoch=epoch,
        **totals,
        validation_loss=float(-np.log(np.maximum(right, 1e-7)).mean()),
        validation_accuracy=float((right > 0.5).mean()),
        learning_rate=float(model.optimizer.learning_rate),
        seconds=time.perf_counter() - started,
    )


def _should_stop(history: list[Epoch], patience: int) -> bool:
    return bool(patience and history and len(history) - best_epoch(history).epoch >= patience)


def _save(model: keras.Model, history: list[Epoch], workspace: Workspace, folder: Path) -> None:
    """Everything that the next epoch depends on, the best weights so far, and the history."""
    model.save_weights(folder / "last.weights.h5")  # with the optimizer's state
    # Keras leaves the state of the dropout generators out of its weight files.
    np.savez(folder / "generators.npz", *map(np.asarray, model.non_trainable_variables))
    previous = workspace.epoch_folder(len(history) - 1)
    best = folder if best_epoch(history).epoch == len(history) else previous
    source = "last.weights.h5" if best == folder else "best.weights.h5"
    shutil.copyfile(best / source, folder / "best.weights.h5")
    histories.write(history, folder / "history.json")


def _restore(model: keras.Model, workspace: Workspace) -> list[Epoch]:
    epochs = workspace.finished_epochs()
    if not epochs:
        return []
    folder = workspace.epoch_folder(epochs)
    model.load_weights(folder / "last.weights.h5")
    with np.load(folder / "generators.npz", allow_pickle=False) as states:
        for variable, state in zip(model.non_trainable_variables, states.values(), strict=True):
            variable.assign(state)
    return histories.read(folder / "history.json")


def _describe(row: Epoch, epochs: int) -> str:
    return (
        f"epoch {row.epoch}/{epochs}: loss {row.loss:.4f}, accuracy {row.accuracy:.2%}, "
        f"validation loss {row.validation_loss:.4f}, accuracy {row.validation_accuracy:.2%}, "
        f"{row.seconds:.0f} s"
    )
