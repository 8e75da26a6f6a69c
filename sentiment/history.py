"""The history of a training run: one row an epoch."""

import json
from dataclasses import dataclass
from pathlib import Path

from sentiment import files


@dataclass(frozen=True)
class Epoch:
    """Means over the epoch's batches, with dropout; validation measured at its end, without."""

    epoch: int
    loss: float
    accuracy: float
    validation_loss: float
    validation_accuracy: float
    learning_rate: float
    seconds: float


def best_epoch(history: list[Epoch]) -> Epoch:
    """The epoch with the best validation accuracy; among equals the one with the lowest loss."""
    return max(history, key=lambda row: (row.validation_accuracy, -row.validation_loss))


def write(history: list[Epoch], path: Path) -> None:
    """Write the history as JSON."""
    files.write_text(path, json.dumps([vars(row) for row in history], indent=2) + "\n")


def read(path: Path) -> list[Epoch]:
    """Read what `write` wrote."""
    return [Epoch(**row) for row in json.loads(path.read_text(encoding="utf-8"))]


def write_tensorboard(history: list[Epoch], path: Path) -> None:
    """Write the history as TensorBoard scalars, in a file whose name does not tell the host's."""
    import tensorflow as tf

    event, summary = tf.compat.v1.Event, tf.compat.v1.Summary
    path.parent.mkdir(parents=True, exist_ok=True)
    with tf.io.TFRecordWriter(str(path)) as writer:
        writer.write(event(file_version="brain.Event:2").SerializeToString())
        for row in history:
            values = {name: value for name, value in vars(row).items() if name != "epoch"}
            scalars = [summary.Value(tag=tag, simple_value=value) for tag, value in values.items()]
            record = event(step=row.epoch, summary=summary(value=scalars))
            writer.write(record.SerializeToString())
