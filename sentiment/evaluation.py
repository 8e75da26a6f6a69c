"""Probabilities and labels to metrics, a calibration temperature, and figures."""

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from scipy.optimize import minimize_scalar
from sklearn import metrics

from sentiment.data import LABELS
from sentiment.history import Epoch

BINS = 15  # of the expected calibration error and the reliability diagram


def evaluate(labels: np.ndarray, positive: np.ndarray) -> dict[str, Any]:
    """Every metric of a set of reviews, as plain values for metrics.json.

    Args:
        labels: (N,), 0 or 1.
        positive: probabilities of label 1, (N,).
    """
    predicted = (positive >= 0.5).astype(int)
    accuracy = metrics.accuracy_score(labels, predicted)
    return {
        "reviews": len(labels),
        "accuracy": accuracy,
        "accuracy_interval": wilson_interval(accuracy, len(labels)),
        "precision": metrics.precision_score(labels, predicted, zero_division=0.0),
        "recall": metrics.recall_score(labels, predicted, zero_division=0.0),
        "f1": metrics.f1_score(labels, predicted, zero_division=0.0),
        "roc_auc": metrics.roc_auc_score(labels, positive),
        "log_loss": metrics.log_loss(labels, positive, labels=[0, 1]),
        "expected_calibration_error": expected_calibration_error(labels, positive),
        "confusion_matrix": metrics.confusion_matrix(labels, predicted, labels=[0, 1]).tolist(),
        "per_class": metrics.classification_report(
            labels,
            predicted,
            labels=[0, 1],
            target_names=LABELS,
            output_dict=True,
            zero_division=0.0,
        ),
    }


def wilson_interval(share: float, count: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % score interval of a share of `count` trials (Wilson 1927)."""
    centre = (share + z * z / (2 * count)) / (1 + z * z / count)
    variance = share * (1 - share) / count + z * z / (4 * count * count)
    half = z * variance**0.5 / (1 + z * z / count)
    return centre - half, centre + half


def reliability(labels: np.ndarray, positive: np.ndarray) -> list[tuple[int, float, float]]:
    """Reviews, mean confidence and accuracy of each non-empty bin of equal width over [0.5, 1]."""
    confidence = np.maximum(positive, 1 - positive)
    correct = (positive >= 0.5) == (labels == 1)
    bins = np.minimum(((confidence - 0.5) * 2 * BINS).astype(int), BINS - 1)
    return [
        (int(inside.sum()), float(confidence[inside].mean()), float(correct[inside].mean()))
        for inside in (bins == index for index in range(BINS))
        if inside.any()
    ]


def expected_calibration_error(labels: np.ndarray, positive: np.ndarray) -> float:
    """Mean distance of confidence and accuracy over the bins (Naeini et al. 2015, Guo et al. 2017).

    The confidence of the predicted label lies in [0.5, 1], which is what the bins divide.
    """
    rows = reliability(labels, positive)
    return sum(count * abs(mean - accuracy) for count, mean, accuracy in rows) / len(labels)


def fit_temperature(labels: np.ndarray, positive: np.ndarray) -> float:
    """The temperature that gives validation its least log loss (Guo et al. 2017), in [0.1, 10].

    The targets are Platt's (1999, section 2.2), a little short of 0 and 1, so that a small
    validation split without an error does not ask for certainty.
    """
    bounded = np.clip(np.asarray(positive, dtype=np.float64), 1e-7, 1 - 1e-7)
    logits = np.log(bounded / (1 - bounded))
    negatives, positives = np.bincount(labels, minlength=2)
    targets = np.where(labels == 1, (positives + 1) / (positives + 2), 1 / (negatives + 2))

    def loss(log_temperature: float) -> float:
        scaled = logits / np.exp(log_temperature)
        return float((np.logaddexp(0, scaled) - targets * scaled).mean())

    return float(np.exp(minimize_scalar(loss, bounds=np.log([0.1, 10]), method="bounded").x))


def draw_figures(
    folder: Path, labels: np.ndarray, positive: np.ndarray, history: list[Epoch]
) -> None:
    """Write confusion_matrix, roc, accuracy, loss and reliability, as PNG."""
    figures = {
        "confusion_matrix": _confusion_matrix(labels, positive),
        "roc": _roc(labels, positive),
        "accuracy": _curves(history, "accuracy"),
        "loss": _curves(history, "loss"),
        "reliability": _reliability(labels, positive),
    }
    folder.mkdir()
    for name, figure in figures.items():
        figure.savefig(folder / f"{name}.png", dpi=100, metadata={"Software": None})


def _axes(title: str, x: str, y: str) -> tuple[Figure, Any]:
    figure = Figure(figsize=(4.8, 4.2), layout="constrained")
    axes = figure.add_subplot(title=title, xlabel=x, ylabel=y)
    return figure, axes


def _confusion_matrix(labels: np.ndarray, positive: np.ndarray) -> Figure:
    matrix = metrics.confusion_matrix(labels, positive >= 0.5, labels=[0, 1])
    figure, axes = _axes("Confusion matrix", "predicted", "actual")
    axes.imshow(matrix, cmap="Blues", vmin=0)
    for (row, column), count in np.ndenumerate(matrix):
        colour = "white" if count > matrix.max() / 2 else "black"
        share = count / max(1, matrix[row].sum())
        text = f"{count:,}\n{share:.1%}"
        axes.text(column, row, text, ha="center", va="center", color=colour)
    axes.set_xticks([0, 1], LABELS)
    axes.set_yticks([0, 1], LABELS, rotation=90, va="center")
    return figure


def _roc(labels: np.ndarray, positive: np.ndarray) -> Figure:
    false_positives, true_positives, _ = metrics.roc_curve(labels, positive)
    area = metrics.roc_auc_score(labels, positive)
    figure, axes = _axes("ROC curve", "false positive rate", "true positive rate")
    axes.plot(false_positives, true_positives, label=f"area {area:.4f}")
    axes.plot([0, 1], [0, 1], "--", color="grey", linewidth=1)
    axes.legend(loc="lower right")
    return figure


def _curves(history: list[Epoch], quantity: str) -> Figure:
    figure, axes = _axes(f"{quantity.capitalize()} by epoch", "epoch", quantity)
    epochs = [row.epoch for row in history]
    axes.plot(
        epochs, [getattr(row, quantity) for row in history], "o-", label="training, as optimised"
    )
    validation = [getattr(row, f"validation_{quantity}") for row in history]
    axes.plot(epochs, validation, "o-", label="validation")
    axes.set_xticks(epochs[:: max(1, len(epochs) // 10)])
    axes.legend()
    return figure


def _reliability(labels: np.ndarray, positive: np.ndarray) -> Figure:
    rows = reliability(labels, positive)
    figure, axes = _axes("Reliability", "confidence", "accuracy")
    axes.plot([0.5, 1], [0.5, 1], "--", color="grey", linewidth=1, label="perfect")
    width = 0.5 / BINS * 0.9
    axes.bar([mean for _, mean, _ in rows], [accuracy for *_, accuracy in rows], width=width)
    error = expected_calibration_error(labels, positive)
    axes.set(xlim=(0.5, 1.0), ylim=(0.4, 1.0))
    axes.legend(title=f"ECE {error:.2%}", loc="upper left")
    return figure
