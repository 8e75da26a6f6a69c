"""Adversarial training: each batch a second time, moved to where the model does worst.

Miyato, Dai and Goodfellow (2017), "Adversarial Training Methods for Semi-Supervised Text
Classification", equations 3 and 4: the embedding of a review is moved by a fixed length along the
gradient of its loss, and the loss there is added to the loss where it was.
"""

from collections.abc import Callable

import keras
import numpy as np

from sentiment.errors import SentimentError

Step = Callable[[np.ndarray, np.ndarray], dict[str, float]]


def adversarial_step(model: keras.Model, norm: float) -> Step:
    """A training step for a compiled model, in place of `train_on_batch`. TensorFlow only.

    Args:
        norm: length of a review's perturbation, over all its tokens and channels.

    Returns:
        A function of ids (B, T) and labels (B,) that updates the weights and gives the mean loss
        and accuracy of the reviews as they were.
    """
    if keras.backend.backend() != "tensorflow":
        raise SentimentError(
            "adversarial_norm: needs the TensorFlow backend; unset KERAS_BACKEND, or set "
            "adversarial_norm to 0"
        )
    import tensorflow as tf

    embedding = model.get_layer("embedding").output
    embed = keras.Model(model.inputs, embedding)
    classify = keras.Model([*model.inputs, embedding], model.outputs[0])
    weights = model.trainable_variables

    def step(ids: tf.Tensor, labels: tf.Tensor) -> dict[str, tf.Tensor]:
        with tf.GradientTape() as tape:
            embedded = embed(ids, training=True)  # (B, T, E)
            positive = classify([ids, embedded], training=True)  # (B,)
            loss = model.loss(labels, positive)
        direction, *gradients = tape.gradient(loss, [embedded, *weights])
        length = tf.sqrt(tf.reduce_sum(direction**2, axis=(1, 2), keepdims=True) + 1e-20)
        with tf.GradientTape() as tape:
            moved = embed(ids, training=True) + norm * direction / length
            adversarial_loss = model.loss(labels, classify([ids, moved], training=True))
        further = tape.gradient(adversarial_loss, weights)
        total = [tf.convert_to_tensor(a) + b for a, b in zip(gradients, further, strict=True)]
        model.optimizer.apply_gradients(zip(total, weights, strict=True))
        right = tf.equal(positive >= 0.5, labels >= 0.5)
        return {"loss": loss, "accuracy": tf.reduce_mean(tf.cast(right, tf.float32))}

    signature = [tf.TensorSpec((None, None), tf.int32), tf.TensorSpec((None,), tf.float32)]
    compiled = tf.function(step, input_signature=signature)

    def on_batch(ids: np.ndarray, labels: np.ndarray) -> dict[str, float]:
        scores = compiled(ids, labels.astype(np.float32))
        return {name: float(value) for name, value in scores.items()}

    return on_batch
