import json
import shutil
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pytest
from tokenizers import Tokenizer

from sentiment import SentimentClassifier, SentimentError, bundle
from sentiment.recipe import Recipe


@pytest.fixture
def copy(bundle_folder: Path, tmp_path: Path) -> Path:
    """A bundle to damage."""
    return Path(shutil.copytree(bundle_folder, tmp_path / "bundle"))


def test_the_bundle_holds_what_the_design_lists(bundle_folder: Path) -> None:
    names = {
        path.relative_to(bundle_folder).as_posix()
        for path in bundle_folder.rglob("*")
        if path.is_file() or not any(path.iterdir())
    }
    figures = {"confusion_matrix", "roc", "accuracy", "loss", "reliability"}
    assert names == {
        *("config.json", "metadata.json", "model.weights.h5", "tokenizer.json", "model.onnx"),
        *("bundle.json", "metrics.json", "README.md", "runs/events.out.tfevents.training"),
        *(f"figures/{name}.png" for name in figures),
    }


def test_the_manifest_lists_size_and_hash_of_every_other_file(bundle_folder: Path) -> None:
    manifest = bundle.read_manifest(bundle_folder)
    for name, listed in manifest.files.items():
        assert (bundle_folder / name).stat().st_size == listed["size"]
        assert bundle.sha256(bundle_folder / name) == listed["sha256"]
    on_disk = {p for p in bundle_folder.rglob("*") if p.is_file() and p.name != bundle.MANIFEST}
    assert len(manifest.files) == len(on_disk)


def test_the_manifest_says_how_the_model_was_made(bundle_folder: Path, tiny_recipe: Path) -> None:
    manifest = bundle.read_manifest(bundle_folder)
    assert Recipe.from_dict(manifest.recipe) == Recipe.load(tiny_recipe)
    assert manifest.labels == ("negative", "positive")
    assert manifest.max_tokens == 40
    assert {"keras", "tensorflow", "tokenizers", "onnxruntime"} <= manifest.versions.keys()
    assert 0.1 <= manifest.temperature <= 10


def test_no_file_tells_of_the_machine_it_was_made_on(bundle_folder: Path) -> None:
    for path in bundle_folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert str(bundle_folder.parent).encode() not in content, path


def test_keras_and_the_tokenizer_alone_give_the_same_probability(bundle_folder: Path) -> None:
    model = keras.saving.load_model(bundle_folder, safe_mode=True)
    tokenizer = Tokenizer.from_file(str(bundle_folder / "tokenizer.json"))
    classifier = SentimentClassifier.load(bundle_folder)
    for text in ("superb the film", "a mess, boring! 8/10", "the plot " * 100):
        ids = np.array([tokenizer.encode(text).ids], dtype=np.int32)
        expected = float(model.predict_on_batch(ids)[0])
        assert classifier.predict(text).positive == pytest.approx(expected, abs=1e-4)


def _missing(path: Path) -> None:
    path.unlink()


def _truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def _corrupted(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
@pytest.mark.parametrize("damage", [_missing, _truncated, _corrupted])
def test_a_damaged_file_is_refused_by_name(
    copy: Path, name: str, damage: Callable[[Path], None]
) -> None:
    damage(copy / name)
    with pytest.raises(SentimentError, match=name):
        SentimentClassifier.load(copy)


def test_a_card_that_was_edited_breaks_nothing(copy: Path) -> None:
    (copy / "README.md").write_text("edited on the Hub")
    assert SentimentClassifier.load(copy).predict("superb").label == "positive"


def _change(folder: Path, **values: object) -> None:
    path = folder / bundle.MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"format_version": 2}, "expected format version 1, found 2"),
        ({"format_version": None}, "expected format version 1, found None"),
        ({"labels": ["positive", "negative"]}, "expected the labels"),
        ({"format_version": True}, "expected format version 1, found True"),
        ({"labels": 3}, "expected labels as list, found 3"),
        ({"files": []}, r"expected files as dict, found \[\]"),
        ({"files": {"model.onnx": "x"}}, "no size for model.onnx"),
        ({"files": {"model.onnx": {"size": "7"}}}, "no size for model.onnx"),
        ({"files": {}}, "does not list model.onnx"),
        ({"vocabulary_size": 5}, "they come from different models"),
    ],
)
def test_a_manifest_that_cannot_be_trusted_is_refused(
    copy: Path, values: dict[str, object], sentence: str
) -> None:
    _change(copy, **values)
    with pytest.raises(SentimentError, match=sentence):
        SentimentClassifier.load(copy)


def test_an_incomplete_manifest_names_what_it_lacks(copy: Path) -> None:
    (copy / bundle.MANIFEST).write_text('{"format_version": 1, "labels": []}')
    with pytest.raises(
        SentimentError, match="expected vocabulary_size as int, found None; fetch the bundle again"
    ):
        SentimentClassifier.load(copy)


def test_a_manifest_that_is_not_json_is_refused(copy: Path) -> None:
    (copy / bundle.MANIFEST).write_text("{")
    with pytest.raises(SentimentError, match="not readable as JSON"):
        SentimentClassifier.load(copy)


def test_a_folder_without_manifest_is_not_a_bundle(tmp_path: Path) -> None:
    with pytest.raises(SentimentError, match=r"not a model bundle, bundle\.json is missing"):
        SentimentClassifier.load(tmp_path)


def test_a_vocabulary_of_another_model_is_refused(copy: Path) -> None:
    tokenizer = json.loads((copy / "tokenizer.json").read_text())
    tokenizer["model"]["vocab"].popitem()
    (copy / "tokenizer.json").write_text(json.dumps(tokenizer))
    bundle.write_manifest(copy, bundle.read_manifest(copy))
    with pytest.raises(SentimentError, match="they come from different models"):
        SentimentClassifier.load(copy)
