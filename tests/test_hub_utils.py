import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from huggingface_hub import ModelCard

from sentiment import SentimentClassifier


@pytest.fixture(scope="module")
def card(bundle_folder: Path) -> ModelCard:
    loaded: ModelCard = ModelCard.load(bundle_folder / "README.md")
    return loaded


def test_the_cards_metadata_carries_the_measured_results(
    card: ModelCard, bundle_folder: Path
) -> None:
    test = json.loads((bundle_folder / "metrics.json").read_text())["test"]
    data = card.data.to_dict()  # type: ignore[no-untyped-call]  # the library has no types
    (entry,) = data["model-index"]
    results = {m["type"]: m["value"] for m in entry["results"][0]["metrics"]}
    assert results == {
        name: round(test[name], 4) for name in ("accuracy", "f1", "roc_auc", "log_loss")
    }
    assert (data["library_name"], data["pipeline_tag"]) == ("keras", "text-classification")
    assert (data["language"], data["license"]) == ("en", "mit")


def test_the_cards_numbers_are_the_bundles_and_its_pictures_exist(
    card: ModelCard, bundle_folder: Path
) -> None:
    metrics = json.loads((bundle_folder / "metrics.json").read_text())
    assert f"| {100 * metrics['test']['accuracy']:.2f} % |" in card.text
    assert f"{metrics['dataset']['train']:,} labelled reviews" in card.text
    pictures = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", card.text)
    assert len(pictures) == 5
    assert all((bundle_folder / picture).is_file() for picture in pictures)
    assert "{{" not in card.text


def test_the_cards_snippet_runs_in_the_bundle_and_agrees(
    card: ModelCard, bundle_folder: Path
) -> None:
    (snippet,) = re.findall(r"```python\n(.*?)```", card.text, re.DOTALL)
    result = subprocess.run(
        [sys.executable, "-c", snippet + "\nprint(positive)"],
        capture_output=True,
        text=True,
        cwd=bundle_folder,
        check=True,
    )
    expected = SentimentClassifier.load(bundle_folder).predict("A gem, from start to finish.")
    assert float(result.stdout) == pytest.approx(expected.positive, abs=1e-5)
