"""The trained default in the repository is whole, and is what it says it is."""

import json
import shutil
from pathlib import Path

import pytest

import hub_utils
from sentiment import SentimentClassifier, bundle
from sentiment.recipe import Recipe

ROOT = Path(__file__).parents[1]
BUNDLE = ROOT / "bundle"


def test_every_file_is_as_the_manifest_lists_it_and_none_is_foreign() -> None:
    manifest = bundle.read_manifest(BUNDLE)
    for name in manifest.files:
        bundle.read_verified(BUNDLE, manifest, name)
    assert bundle.foreign_files(BUNDLE) == []


def test_it_was_trained_by_the_default_recipe() -> None:
    manifest = bundle.read_manifest(BUNDLE)
    assert Recipe.from_dict(manifest.recipe) == Recipe.load(ROOT / "recipes" / "default.toml")


def test_it_is_accurate_calibrated_and_small() -> None:
    test = json.loads((BUNDLE / "metrics.json").read_text())["test"]
    assert test["reviews"] == 25_000
    assert test["accuracy"] >= 0.91
    assert test["expected_calibration_error"] <= 0.02
    assert sum(path.stat().st_size for path in BUNDLE.rglob("*") if path.is_file()) <= 40e6


def test_its_card_is_what_the_template_gives(tmp_path: Path) -> None:
    copy = Path(shutil.copytree(BUNDLE, tmp_path / "bundle"))
    hub_utils.write_card(copy)
    assert (copy / "README.md").read_text() == (BUNDLE / "README.md").read_text()


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("A tender, funny film with two wonderful performances.", "positive"),
        ("Two hours of my life I will never get back. Dull and wooden.", "negative"),
        ("Solid thriller, clever twists. 9/10", "positive"),
        ("An awful mess. 2/10", "negative"),
    ],
)
def test_it_tells_plain_praise_from_a_plain_pan(text: str, label: str) -> None:
    assert SentimentClassifier.load(BUNDLE).predict(text).label == label
