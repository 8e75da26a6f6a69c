"""Fetching by name where no Hub can be reached; a Hub that answers comes with publishing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def load(name: str, cache: Path, **environment: str) -> str:
    """What SentimentClassifier.load says of a name, in a process with a Hub that is not there."""
    program = (
        "from sentiment import SentimentClassifier, SentimentError\n"
        f"try: SentimentClassifier.load({name!r})\n"
        "except SentimentError as error: print(error)\n"
        "else: print('loaded')"
    )
    nowhere = {"HF_ENDPOINT": "http://127.0.0.1:9", "HF_HOME": str(cache)}
    result = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | nowhere | environment,
        check=True,
    )
    return result.stdout.strip()


@pytest.mark.parametrize("offline", ["0", "1"])
def test_a_hub_that_cannot_be_reached_is_one_sentence(tmp_path: Path, offline: str) -> None:
    said = load("you/imdb-lstm", tmp_path, HF_HUB_OFFLINE=offline)
    assert said == (
        "you/imdb-lstm: the Hub could not be reached and no copy is cached; check the network, "
        "or give a folder with a bundle"
    )


@pytest.mark.parametrize("name", ["./nothing/here", "a/b/c", "no such thing", ""])
def test_what_is_neither_a_folder_nor_a_name_is_said_so(tmp_path: Path, name: str) -> None:
    assert load(name, tmp_path) == (
        f"{name}: expected a folder with a bundle or a Hub name such as you/imdb-lstm"
    )


def test_a_cached_revision_is_used_when_the_hub_is_gone(
    tmp_path: Path, bundle_folder: Path
) -> None:
    commit = "0123456789abcdef0123456789abcdef01234567"
    repository = tmp_path / "hub" / "models--you--imdb-lstm"
    (repository / "refs").mkdir(parents=True)
    (repository / "refs" / "main").write_text(commit)
    snapshot = repository / "snapshots" / commit
    snapshot.mkdir(parents=True)
    for name in ("bundle.json", "tokenizer.json", "model.onnx", "metrics.json"):
        (snapshot / name).write_bytes((bundle_folder / name).read_bytes())
    assert load("you/imdb-lstm", tmp_path) == "loaded"
    assert load(f"you/imdb-lstm@{commit}", tmp_path, HF_HUB_OFFLINE="1") == "loaded"
