"""A trained model to a bundle: calibrated, written, loaded again, held to its bounds, measured."""

import json
import os
import platform
import shutil
from importlib import metadata
from pathlib import Path
from typing import Any

import keras
import numpy as np
from tokenizers import Tokenizer

from sentiment import bundle, evaluation, export, files, tokenizer
from sentiment.classifier import SentimentClassifier
from sentiment.fitting import predict
from sentiment.history import best_epoch, write_tensorboard
from sentiment.recipe import Recipe
from sentiment.splits import Splits
from sentiment.training import Trained

BOUNDS = {"keras": 1e-4, "batch": 1e-5}  # largest differences in probability, float arithmetic
COMPARED = 1000  # validation reviews on which the bounds are checked
LIBRARIES = ("keras", "tensorflow", "tokenizers", "onnx", "onnxruntime", "numpy")


def write_bundle(
    folder: Path, trained: Trained, recipe: Recipe, parts: Splits, dataset: str
) -> dict[str, Any]:
    """Fill an empty folder with the bundle, all but the card; returns what metrics.json holds.

    The trained model is changed: the temperature is folded in and the embedding rounded.

    Raises:
        RuntimeError: the exported graph differs from Keras, or a review from itself in a batch.
    """
    model, validation = trained.model, trained.validation
    temperature = evaluation.fit_temperature(validation.labels, predict(model, validation.ids))
    export.fold_temperature(model, temperature)
    export.round_embedding(model)
    _write_model(folder, trained, recipe)
    manifest = bundle.Manifest(
        vocabulary_size=trained.tokenizer.get_vocab_size(),
        max_tokens=recipe.tokenizer.max_tokens,
        temperature=temperature,
        bounds=BOUNDS,
        recipe=_without_paths(recipe),
        versions={name: metadata.version(name) for name in LIBRARIES},
    )
    bundle.write_manifest(folder, manifest)
    results = {
        "dataset": _describe_dataset(dataset, parts),
        "model": {"parameters": model.count_params()},
        "training": {
            "best_epoch": best_epoch(trained.history).epoch,
            "seconds": sum(row.seconds for row in trained.history),
            "machine": f"{os.cpu_count()} cores, {platform.machine()}",
            "history": [vars(row) for row in trained.history],
        },
        **_evaluate(folder, trained, parts),
    }
    files.write_text(folder / bundle.METRICS, json.dumps(results, indent=2) + "\n")
    bundle.write_manifest(folder, manifest)
    return results


def measure_agreement(
    classifier: SentimentClassifier, model: keras.Model, words: Tokenizer, texts: list[str]
) -> dict[str, float]:
    """The largest differences in probability over texts that have a token.

    Returns:
        `keras`: between a text alone in the classifier and in the Keras model; `batch`: between a
        text alone and the same text beside the longest one; `reviews`: how many texts.
    """
    longest = max(texts, key=len)
    alone = np.array([classifier.predict(text).positive for text in texts])
    beside = np.array([classifier.predict([text, longest])[0].positive for text in texts])
    by_keras = predict(model, tokenizer.encode_batch(words, texts))
    return {
        "reviews": len(texts),
        "keras": float(np.abs(alone - by_keras).max()),
        "batch": float(np.abs(alone - beside).max()),
    }


def _write_model(folder: Path, trained: Trained, recipe: Recipe) -> None:
    """The Keras files, the tokenizer and the serving graph."""
    model, keras_folder = trained.model, folder / "keras"
    # A new Model is not compiled, so the optimizer's state is not saved with it.
    keras.Model(model.inputs, model.outputs, name=model.name).save(keras_folder, zipped=False)
    for path in keras_folder.glob("*.*"):
        path.rename(folder / path.name)
    shutil.rmtree(keras_folder)  # with an empty folder of assets
    trained.tokenizer.save(str(folder / bundle.TOKENIZER))
    graph = export.to_onnx(model, recipe.model)
    (folder / bundle.ONNX).write_bytes(graph.SerializeToString())


def _without_paths(recipe: Recipe) -> dict[str, Any]:
    """The recipe, with the name alone of a file of word vectors."""
    values = recipe.to_dict()
    values["model"]["word_vectors"] = Path(recipe.model.word_vectors).name
    return values


def _describe_dataset(dataset: str, parts: Splits) -> dict[str, Any]:
    """Its name, and how many reviews each split has."""
    return {
        "name": dataset,
        "train": len(parts.train),
        "validation": len(parts.validation),
        "test": len(parts.test),
        "unlabelled": len(parts.unlabelled),
    }


def _evaluate(folder: Path, trained: Trained, parts: Splits) -> dict[str, Any]:
    """Load the bundle as a user would and measure it on raw text: the one reading of test."""
    classifier = SentimentClassifier.load(folder)
    readable = [text for text in parts.validation.texts if classifier.predict(text).tokens]
    agreement = measure_agreement(classifier, trained.model, trained.tokenizer, readable[:COMPARED])
    for name, bound in BOUNDS.items():
        if not agreement[name] <= bound:  # nor may it be NaN
            raise RuntimeError(f"{name}: probabilities differ by {agreement[name]}, over {bound}")
    scores = {}
    for name, reviews in (("validation", parts.validation), ("test", parts.test)):
        positive = np.array([p.positive for p in classifier.predict(reviews.texts)])
        scores[name] = evaluation.evaluate(reviews.labels, positive)
    evaluation.draw_figures(folder / bundle.FIGURES, parts.test.labels, positive, trained.history)
    write_tensorboard(trained.history, folder / bundle.RUNS / "events.out.tfevents.training")
    return {"agreement": agreement, **scores}
