from pathlib import Path

import keras
import numpy as np
import pytest

from sentiment.adversarial import adversarial_step
from sentiment.batching import pad
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


def test_an_adversarial_step_adds_the_gradient_where_the_loss_is_higher() -> None:
    model = small_model()
    model.compile(keras.optimizers.SGD(0.1), keras.losses.BinaryCrossentropy())
    ids, labels = pad(IDS[:8]), DATA.labels[:8]
    start = model.get_weights()
    plain = model.evaluate(ids, labels, verbose=0)

    def updated(norm: float) -> list[np.ndarray]:
        model.set_weights(start)
        scores = adversarial_step(model, norm)(ids, labels)
        assert scores["loss"] == pytest.approx(plain, abs=1e-6)
        changes = zip(model.get_weights(), start, strict=True)
        return [after - before for after, before in changes]

    model.train_on_batch(ids, labels)
    usual = [after - before for after, before in zip(model.get_weights(), start, strict=True)]
    for twice, once in zip(updated(norm=1e-6), usual, strict=True):
        np.testing.assert_allclose(twice, 2 * once, atol=1e-5)  # no way off: the same again
    bias = -1  # of the logit; moved reviews are answered worse, so it is pushed harder
    assert not np.allclose(updated(norm=1.0)[bias], 2 * usual[bias], atol=1e-5)


def test_adversarial_training_resumes_exactly(tmp_path: Path) -> None:
    def trained(name: str, epochs: tuple[int, ...]) -> np.ndarray:
        for last in epochs:
            recipe = TrainingRecipe(adversarial_norm=0.5, epochs=last, batch_size=20)
            model = small_model()
            workspace = Workspace.open(tmp_path / name, {}, resume=True)
            fit(model, DATA, DATA, recipe, 1, workspace)
        return predict(model, IDS)

    np.testing.assert_array_equal(trained("whole", (3,)), trained("in parts", (2, 3)))


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
