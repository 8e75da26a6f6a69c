"""The network: token ids (B, T) to the probability that a review is positive (B,).

A plain Keras functional model without custom objects: it loads in safe mode, in any Keras backend.
"""

import keras
import numpy as np
from keras import layers, ops

from sentiment.recipe import ModelRecipe

MASKED = -1e9  # what max-pooling sees in place of padding


def build_model(
    recipe: ModelRecipe, vocabulary_size: int, word_vectors: np.ndarray | None = None
) -> keras.Model:
    """Build the untrained model.

    Args:
        vocabulary_size: rows of the embedding, padding (0) and unknown (1) included.
        word_vectors: initial embedding, (vocabulary_size, embedding_width) float32.

    Returns:
        A model from int32 ids (B, T), 0 = padding on the right, to probabilities (B,).
    """
    ids = keras.Input((None,), dtype="int32", name="ids")  # (B, T)
    mask = ops.not_equal(ids, 0)  # (B, T)
    embedding = layers.Embedding(vocabulary_size, recipe.embedding_width, name="embedding")
    x = embedding(ids)  # (B, T, E)
    if recipe.spatial_dropout:
        x = layers.SpatialDropout1D(recipe.spatial_dropout)(x)
    for depth in range(1, recipe.layers + 1):
        sequences = depth < recipe.layers or recipe.pooling != "last"
        x = _recurrent_layer(recipe, depth, sequences)(x, mask=mask)  # (B, T, 2H), last: (B, 2H)
    if recipe.pooling == "max":
        x = ops.max(ops.where(mask[:, :, None], x, MASKED), axis=1)  # (B, 2H)
    elif recipe.pooling == "mean":
        weights = ops.cast(mask, x.dtype)[:, :, None]  # (B, T, 1)
        x = ops.sum(x * weights, axis=1) / ops.sum(weights, axis=1)  # (B, 2H)
    if recipe.dropout:
        x = layers.Dropout(recipe.dropout)(x)
    logit = ops.squeeze(layers.Dense(1, name="logit")(x), axis=-1)  # (B,)
    model = keras.Model(ids, ops.sigmoid(logit), name="sentiment")
    if word_vectors is not None:
        embedding.set_weights([word_vectors])
    return model


def _recurrent_layer(recipe: ModelRecipe, depth: int, sequences: bool) -> layers.Layer:
    cell = layers.LSTM if recipe.cell == "lstm" else layers.GRU
    layer = cell(
        recipe.units,
        return_sequences=sequences,
        recurrent_dropout=recipe.recurrent_dropout,
        name=f"{recipe.cell}_{depth}",
    )
    if recipe.bidirectional:
        return layers.Bidirectional(layer, name=f"recurrent_{depth}")
    return layer
