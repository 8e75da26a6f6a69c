"""Fitting a model on encoded reviews: length-bucketed batches, the best epoch, exact resuming."""

import json
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from tqdm import tqdm

from sentiment import files
from sentiment.batching import batches_by_length, pad, shuffled_batches
from sentiment.checkpoint import Workspace
from sentiment.recipe import TrainingRecipe

PREDICT_TOKENS = 64 * 1024  # padded tokens in one batch of predictions


@dataclass(frozen=True)
class Encoded:
    """Token ids of each review, without padding, and labels (N,), 0 or 1."""

    ids: list[np.ndarray]
    labels: np.ndarray


@dataclass(frozen=True)
class Epoch:
    """One row of the history."""

    epoch: int
    loss: float
    accuracy: float
    validation_loss: float
    validation_accuracy: float
    learning_rate: float
    seconds: float


def make_deterministic(seed: int) -> None:
    """Seed every generator, and have TensorFlow choose deterministic kernels."""
    keras.utils.set_random_seed(seed)
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()


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
    best = workspace.epoch_folder(len(history)) / "best.weights.h5"
    model.load_weights(best)
    return history


def predict(model: keras.Model, ids: list[np.ndarray]) -> np.ndarray:
    """Probabilities of positive (N,), in order; reviews of a length share a batch."""
    lengths = np.array([len(sequence) for sequence in ids])
    probabilities = np.empty(len(ids), dtype=np.float32)
    for chosen in batches_by_length(lengths, PREDICT_TOKENS):
        probabilities[chosen] = model.predict_on_batch(pad([ids[i] for i in chosen]))
    return probabilities


def best_epoch(history: list[Epoch]) -> Epoch:
    """The epoch with the best validation accuracy; among equals the one with the lowest loss."""
    return max(history, key=lambda row: (row.validation_accuracy, -row.validation_loss))


def write_tensorboard(history: list[Epoch], path: Path) -> None:
    """Write the history as TensorBoard scalars, into a file whose name holds no host's name."""
    import tensorflow as tf

    event, summary = tf.compat.v1.Event, tf.compat.v1.Summary
    with tf.io.TFRecordWriter(str(path)) as writer:
        writer.write(event(file_version="brain.Event:2").SerializeToString())
        for row in history:
            values = {name: value for name, value in vars(row).items() if name != "epoch"}
            scalars = [summary.Value(tag=tag, simple_value=value) for tag, value in values.items()]
            writer.write(
                event(step=row.epoch, summary=summary(value=scalars)).SerializeToString()
            )


def _compile(model: keras.Model, recipe: TrainingRecipe, steps: int) -> None:
    rate: Any = recipe.learning_rate
    if recipe.schedule == "cosine":
        rate = keras.optimizers.schedules.CosineDecay(rate, steps * recipe.epochs)
    optimizer = keras.optimizers.get({"class_name": recipe.optimizer, "config": {}})
    optimizer = type(optimizer)(learning_rate=rate, clipnorm=recipe.clipnorm or None)
    loss = keras.losses.BinaryCrossentropy(label_smoothing=recipe.label_smoothing)
    model.compile(optimizer, loss, metrics=[keras.metrics.BinaryAccuracy(name="accuracy")])
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
    cut = shuffled_batches(lengths, recipe.batch_size, np.random.default_rng([seed, epoch]))
    model.reset_metrics()
    for chosen in (bar := tqdm(cut, f"epoch {epoch}/{recipe.epochs}", unit="batch", leave=False)):
        ids = pad([train.ids[i] for i in chosen])  # (B, T)
        scores = model.train_on_batch(ids, train.labels[chosen], return_dict=True)
        bar.set_postfix(loss=f"{scores['loss']:.3f}", accuracy=f"{scores['accuracy']:.3f}")
    probabilities = predict(model, validation.ids)
    right = np.where(validation.labels == 1, probabilities, 1 - probabilities)  # (N,)
    return Epoch(
        epoch=epoch,
        loss=float(scores["loss"]),
        accuracy=float(scores["accuracy"]),
        validation_loss=float(-np.log(np.maximum(right, 1e-7)).mean()),
        validation_accuracy=float((right > 0.5).mean()),
        learning_rate=float(model.optimizer.learning_rate),
        seconds=time.perf_counter() - started,
    )


def _should_stop(history: list[Epoch], patience: int) -> bool:
    return bool(patience and history and len(history) - best_epoch(history).epoch >= patience)


def _save(model: keras.Model, history: list[Epoch], workspace: Workspace, folder: Path) -> None:
    """Weights, optimizer and dropout generators; the best weights so far; the history."""
    model.save_weights(folder / "last.weights.h5")
    if best_epoch(history).epoch == len(history):
        model.save_weights(folder / "best.weights.h5")
    else:
        best = workspace.epoch_folder(len(history) - 1) / "best.weights.h5"
        shutil.copy2(best, folder)
    rows = [vars(row) for row in history]
    files.write_text(folder / "history.json", json.dumps(rows, indent=2) + "\n")


def _restore(model: keras.Model, workspace: Workspace) -> list[Epoch]:
    epochs = workspace.finished_epochs()
    if not epochs:
        return []
    folder = workspace.epoch_folder(epochs)
    model.load_weights(folder / "last.weights.h5")
    rows = json.loads((folder / "history.json").read_text(encoding="utf-8"))
    return [Epoch(**row) for row in rows]


def _describe(row: Epoch, epochs: int) -> str:
    return (
        f"epoch {row.epoch}/{epochs}: loss {row.loss:.4f}, accuracy {row.accuracy:.2%}, "
        f"validation loss {row.validation_loss:.4f}, accuracy {row.validation_accuracy:.2%}, "
        f"{row.seconds:.0f} s"
    )
