"""The Keras model, and its serving graph against it."""

import dataclasses
import itertools
from pathlib import Path
from typing import Any

import keras
import numpy as np
import onnxruntime as ort
import pytest

from sentiment import export, splits, training
from sentiment.batching import pad
from sentiment.checkpoint import Workspace
from sentiment.data import Reviews
from sentiment.model import build_model
from sentiment.recipe import ModelRecipe, Recipe
from tests.conftest import make_reviews

VOCABULARY = 50
SHIPPED = sorted((Path(__file__).parents[1] / "recipes").glob("*.toml"))
VARIANTS = [
    {"cell": cell, "bidirectional": bidirectional, "pooling": pooling, "layers": layers}
    for cell, bidirectional, pooling, layers in itertools.product(
        ("lstm", "gru"), (True, False), ("max", "mean", "last"), (1, 2)
    )
]


def random_model(**knobs: Any) -> tuple[keras.Model, ModelRecipe]:
    """A model whose weights are far from their zero-mean, zero-bias start."""
    recipe = ModelRecipe(**{"embedding_width": 7, "units": 5} | knobs)
    model = build_model(recipe, VOCABULARY)
    rng = np.random.default_rng(0)
    for layer in model.layers:
        layer.set_weights([w + rng.normal(0, 0.4, w.shape) for w in layer.get_weights()])
    return model, recipe


def sequences() -> list[np.ndarray]:
    rng = np.random.default_rng(1)
    return [rng.integers(1, VOCABULARY, length) for length in (3, 9, 1, 20)]


@pytest.mark.parametrize("knobs", VARIANTS, ids=lambda knobs: "-".join(map(str, knobs.values())))
def test_the_serving_graph_agrees_with_keras_and_padding_changes_neither(
    knobs: dict[str, Any],
) -> None:
    model, recipe = random_model(**knobs)
    export.round_embedding(model)
    session = ort.InferenceSession(export.to_onnx(model, recipe).SerializeToString())
    together = pad(sequences())
    by_keras = model.predict_on_batch(together)
    by_onnx = session.run(["positive"], {"ids": together})[0]
    assert by_keras.shape == by_onnx.shape == (4,)
    assert np.ptp(by_keras) > 0.01
    np.testing.assert_allclose(by_onnx, by_keras, atol=1e-6)
    for index, sequence in enumerate(sequences()):
        alone = pad([sequence])
        np.testing.assert_allclose(model.predict_on_batch(alone)[0], by_keras[index], atol=1e-6)
        alone_by_onnx = session.run(["positive"], {"ids": alone})[0][0]
        np.testing.assert_allclose(alone_by_onnx, by_keras[index], atol=1e-6)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_recipe_trains_exports_and_loads_in_safe_mode(
    path: Path, tmp_path: Path
) -> None:
    shipped = Recipe.load(path)
    recipe = dataclasses.replace(
        shipped, training=dataclasses.replace(shipped.training, epochs=1, batch_size=32)
    )
    pairs = make_reviews(120)
    reviews = Reviews([text for text, _ in pairs], np.array([label for _, label in pairs]))
    parts = splits.divide({"train": reviews}, recipe.data, recipe.seed, "made up")
    workspace = Workspace.open(tmp_path / "run", {}, resume=False)
    trained = training.train(recipe, parts, workspace)
    assert len(trained.history) == 1
    export.round_embedding(trained.model)
    graph = export.to_onnx(trained.model, recipe.model)
    session = ort.InferenceSession(graph.SerializeToString())
    ids = pad(trained.validation.ids)
    expected = trained.model.predict_on_batch(ids)
    np.testing.assert_allclose(session.run(None, {"ids": ids})[0], expected, atol=1e-5)
    bare = keras.Model(trained.model.inputs, trained.model.outputs)
    bare.save(tmp_path / "model", zipped=False)
    loaded = keras.saving.load_model(tmp_path / "model", safe_mode=True)
    np.testing.assert_array_equal(loaded.predict_on_batch(ids), expected)


def test_dropout_is_spatial_recurrent_and_of_the_pooled_vector() -> None:
    recipe = ModelRecipe(spatial_dropout=0.3, recurrent_dropout=0.2, dropout=0.1, units=4)
    model = build_model(recipe, VOCABULARY)
    spatial, *_, last = [layer for layer in model.layers if "dropout" in layer.name]
    assert (spatial.rate, last.rate) == (0.3, 0.1)
    assert model.get_layer("recurrent_1").forward_layer.recurrent_dropout == 0.2


def test_rounded_rows_are_within_half_a_step_and_rounding_again_changes_nothing() -> None:
    embedding = np.random.default_rng(0).normal(size=(20, 6)).astype(np.float32)
    embedding[0] = 0
    rows, scales = export.quantize_rows(embedding)
    rounded = rows * scales
    assert np.all(np.abs(rounded - embedding) <= scales / 2 * 1.0001)
    again, scales_again = export.quantize_rows(rounded)
    np.testing.assert_array_equal(again, rows)
    np.testing.assert_allclose(scales_again, scales, rtol=1e-6)


def test_a_folded_temperature_divides_the_logit() -> None:
    model, _ = random_model()
    ids = pad(sequences())
    before = model.predict_on_batch(ids).astype(np.float64)
    export.fold_temperature(model, 2.0)
    after = model.predict_on_batch(ids).astype(np.float64)
    np.testing.assert_allclose(
        np.log(after / (1 - after)), np.log(before / (1 - before)) / 2, atol=1e-5
    )


def test_word_vectors_become_the_embedding() -> None:
    vectors = np.random.default_rng(0).normal(size=(VOCABULARY, 7)).astype(np.float32)
    model = build_model(ModelRecipe(embedding_width=7, units=2), VOCABULARY, vectors)
    np.testing.assert_array_equal(model.get_layer("embedding").get_weights()[0], vectors)
