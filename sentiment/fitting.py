"""Fitting a model on encoded reviews: length-bucketed batches, the best epoch, exact resuming."""

import functools
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from tqdm import tqdm

from sentiment import history as histories
from sentiment.adversarial import Step, adversarial_step
from sentiment.batching import batches_by_length, pad, shuffled_batches
from sentiment.checkpoint import Workspace
from sentiment.errors import SentimentError
from sentiment.history import Epoch, best_epoch
from sentiment.recipe import TrainingRecipe

PREDICT_TOKENS = 64 * 1024  # padded tokens in one batch of predictions


@dataclass(frozen=True)
class Encoded:
    """Token ids of each review, without padding, and labels (N,), 0 or 1."""

    ids: list[np.ndarray]
    labels: np.ndarray


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
    step: Step = functools.partial(model.train_on_batch, return_dict=True)
    if recipe.adversarial_norm:
        step = adversarial_step(model, recipe.adversarial_norm)
    history = _restore(model, workspace)
    while len(history) < recipe.epochs and not _should_stop(history, recipe.early_stopping):
        history.append(_run_epoch(model, step, train, validation, recipe, seed, len(history) + 1))
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
    step: Step,
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
        scores = step(ids, train.labels[chosen])
        for name in totals:
            totals[name] += scores[name] * len(chosen) / len(train.ids)
        progress.set_postfix(loss=f"{scores['loss']:.3f}", refresh=False)
    if not np.isfinite(totals["loss"]):
        raise SentimentError(
            f"the loss in epoch {epoch} is {totals['loss']}; lower the recipe's learning_rate or "
            "set its clipnorm"
        )
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
    if best_epoch(history).epoch == len(history):
        best = folder / "last.weights.h5"
    else:
        best = workspace.epoch_folder(len(history) - 1) / "best.weights.h5"
    shutil.copyfile(best, folder / "best.weights.h5")
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
