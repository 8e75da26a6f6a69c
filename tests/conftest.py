"""Fixtures that several modules share: a made-up dataset and a bundle really trained on it."""

import random
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TINY_RECIPE = """
seed = 3
[data]
validation_fraction = 0.2
[tokenizer]
vocabulary_size = 200
max_tokens = 40
[model]
embedding_width = 8
units = 6
dropout = 0.2
spatial_dropout = 0.1
[training]
learning_rate = 0.02
batch_size = 16
epochs = 4
"""
GOOD = ("superb", "moving", "a gem", "wonderful", "funny", "well acted")
BAD = ("dreadful", "dull", "a mess", "boring", "wooden", "badly acted")
PLAIN = ("the film", "the plot", "her role", "that scene", "the music", "an actor", "the end")


def make_reviews(count: int, seed: int = 0) -> list[tuple[str, int]]:
    """Reviews that a tiny model can tell apart, negative first, as in the real dataset."""
    draw = random.Random(seed)  # noqa: S311 - not for cryptography
    reviews = []
    for index in range(count):
        label = int(index >= count // 2)
        words = [draw.choice(PLAIN) for _ in range(draw.randint(2, 8))]
        words += [draw.choice(GOOD if label else BAD) for _ in range(draw.randint(2, 4))]
        draw.shuffle(words)
        reviews.append((f"{' '.join(words)}. take {index}", label))
    return reviews


def write_csv(path: Path, reviews: list[tuple[str, int]], header: str = "text,label") -> Path:
    path.write_text(header + "\n" + "".join(f'"{text}",{label}\n' for text, label in reviews))
    return path


def run_training(*arguments: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own, its log of experiments beside its output."""
    command = [sys.executable, str(ROOT / "train_lstm.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=False)


@pytest.fixture(scope="session")
def tiny_recipe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recipe") / "tiny.toml"
    path.write_text(TINY_RECIPE)
    return path


@pytest.fixture(scope="session")
def trained(
    tmp_path_factory: pytest.TempPathFactory, tiny_recipe: Path
) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """A bundle that train_lstm.py wrote from a CSV, and what the command printed."""
    folder = tmp_path_factory.mktemp("trained")
    dataset = write_csv(folder / "reviews.csv", make_reviews(400))
    result = run_training(
        *("--recipe", tiny_recipe, "--dataset", dataset, "--output", folder / "bundle"),
        *("--experiments", folder / "EXPERIMENTS.md"),
    )
    assert result.returncode == 0, result.stderr
    return folder, result


@pytest.fixture(scope="session")
def bundle_folder(trained: tuple[Path, subprocess.CompletedProcess[str]]) -> Path:
    return trained[0] / "bundle"
