from pathlib import Path

import numpy as np
import pytest

from sentiment import evaluation
from sentiment.history import Epoch

LABELS = np.array([0, 0, 0, 0, 1, 1, 1, 1])
POSITIVE = np.array([0.1, 0.2, 0.3, 0.9, 0.8, 0.7, 0.4, 0.95])


def test_metrics_of_a_case_worked_by_hand() -> None:
    results = evaluation.evaluate(LABELS, POSITIVE)
    assert results["confusion_matrix"] == [[3, 1], [1, 3]]
    for name in ("accuracy", "precision", "recall", "f1"):
        assert results[name] == pytest.approx(0.75)
    assert results["roc_auc"] == pytest.approx(13 / 16)
    expected = -np.log([0.9, 0.8, 0.7, 0.1, 0.8, 0.7, 0.4, 0.95]).mean()
    assert results["log_loss"] == pytest.approx(expected)
    assert results["per_class"]["negative"]["support"] == 4


def test_calibration_error_of_confident_answers_that_are_right_half_the_time() -> None:
    labels, positive = np.array([0, 1, 0, 1]), np.array([0.9, 0.9, 0.1, 0.1])
    error = evaluation.expected_calibration_error(labels, positive)
    assert error == pytest.approx(0.4)


def test_calibration_error_of_a_perfect_answer_is_nought() -> None:
    labels = np.array([0, 1])
    assert evaluation.expected_calibration_error(labels, labels.astype(float)) == 0


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_the_temperature_that_was_applied_is_found_again(temperature: float) -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, 200_000)
    labels = (rng.random(len(logits)) < 1 / (1 + np.exp(-logits))).astype(int)
    overconfident = 1 / (1 + np.exp(-logits * temperature))
    assert evaluation.fit_temperature(labels, overconfident) == pytest.approx(temperature, rel=0.03)


def test_few_answers_without_an_error_do_not_ask_for_certainty() -> None:
    labels = np.array([0, 1] * 10)
    temperature = evaluation.fit_temperature(labels, np.where(labels == 1, 0.9, 0.1))
    scaled = 1 / (1 + np.exp(-np.log(9) / temperature))
    assert scaled == pytest.approx(11 / 12, abs=1e-3)


def test_the_interval_is_that_of_wilson() -> None:
    low, high = evaluation.wilson_interval(0.9, 100)  # Agresti and Coull (1998) give 0.825, 0.945
    assert (low, high) == pytest.approx((0.8256, 0.9448), abs=1e-4)


def test_every_figure_is_a_picture(tmp_path: Path) -> None:
    history = [Epoch(n, 0.5, 0.8, 0.5, 0.8, 0.001, 1.0) for n in (1, 2)]
    evaluation.draw_figures(tmp_path / "figures", LABELS, POSITIVE, history)
    names = {"confusion_matrix", "roc", "accuracy", "loss", "reliability"}
    pictures = {path.stem: path.read_bytes() for path in (tmp_path / "figures").iterdir()}
    assert pictures.keys() == names
    assert all(content.startswith(b"\x89PNG") for content in pictures.values())
