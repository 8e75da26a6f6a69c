from pathlib import Path

import keras
import numpy as np
import pytest

from sentiment.checkpoint import Workspace
from sentiment.errors import SentimentError
from sentiment.fitting import Encoded, fit, predict
from sentiment.model import build_model
from sentiment.recipe import ModelRecipe, TrainingRecipe

IDS = [np.array([2 + n % 2, *([4] * (n % 5))], dtype=np.int32) for n in range(60)]
DATA = Encoded(IDS, np.array([n % 2 for n in range(60)]))


def small_model() -> keras.Model:
    keras.utils.set_random_seed(1)
    return build_model(ModelRecipe(embedding_width=4, units=3), 6)


def test_averaged_weights_are_the_moving_average_of_those_after_each_batch(tmp_path: Path) -> None:
    recipe = TrainingRecipe(weight_averaging=0.5, epochs=1, batch_size=20, learning_rate=0.1)
    model = small_model()
    seen: list[list[np.ndarray]] = []
    train_on_batch = model.train_on_batch

    def spy(*arguments: object, **named: object) -> object:
        result = train_on_batch(*arguments, **named)
        seen.append(model.get_weights())
        return result

    model.train_on_batch = spy
    fit(model, DATA, DATA, recipe, 1, Workspace.open(tmp_path / "run", {}, resume=False))
    first, second, third = seen
    for a, b, c, found in zip(first, second, third, model.get_weights(), strict=True):
        np.testing.assert_allclose(found, 0.25 * a + 0.25 * b + 0.5 * c, atol=1e-6)


def test_averaging_and_resuming_go_together(tmp_path: Path) -> None:
    def trained(name: str, epochs: tuple[int, ...]) -> np.ndarray:
        for last in epochs:
            recipe = TrainingRecipe(weight_averaging=0.9, epochs=last, batch_size=20)
            model = small_model()
            workspace = Workspace.open(tmp_path / name, {}, resume=True)
            fit(model, DATA, DATA, recipe, 1, workspace)
        return predict(model, IDS)

    np.testing.assert_array_equal(trained("whole", (4,)), trained("in parts", (1, 3, 4)))


def test_a_loss_that_is_no_number_is_one_sentence(tmp_path: Path) -> None:
    model = small_model()
    model.get_layer("embedding").set_weights([np.full((6, 4), np.nan)])
    workspace = Workspace.open(tmp_path / "run", {}, resume=False)
    with pytest.raises(SentimentError, match="the loss in epoch 1 is nan; lower"):
        fit(model, DATA, DATA, TrainingRecipe(), 1, workspace)


def test_predictions_come_in_the_order_of_the_texts() -> None:
    model = small_model()
    alone = [float(model.predict_on_batch(ids[None])[0]) for ids in IDS]
    np.testing.assert_allclose(predict(model, IDS), alone, atol=1e-6)
