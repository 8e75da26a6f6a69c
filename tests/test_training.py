"""The training command as people run it: processes, files, kills and wrong input."""

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import train_lstm
from sentiment import SentimentClassifier
from tests.conftest import ROOT, make_reviews, run_training, write_csv

Trained = tuple[Path, subprocess.CompletedProcess[str]]


def start_training(*arguments: str | Path) -> subprocess.Popen[str]:
    command = [sys.executable, str(ROOT / "train_lstm.py"), *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def wait_for(folder: Path, pattern: str, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 120
    while not any(folder.glob(pattern)):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline, f"{pattern} never came"
        time.sleep(0.002)  # the moment to hit is short


def arguments(folder: Path, recipe: Path, dataset: Path) -> tuple[str | Path, ...]:
    return (
        *("--recipe", recipe, "--dataset", dataset, "--output", folder / "bundle"),
        *("--experiments", folder / "EXPERIMENTS.md"),
    )


def test_a_run_says_what_it_did_and_leaves_only_the_bundle(trained: Trained) -> None:
    folder, result = trained
    assert "400 rows in train" in result.stdout
    assert "epoch 4/4: loss" in result.stdout
    assert "test accuracy" in result.stdout
    names = {path.name for path in folder.iterdir()}
    assert names == {"reviews.csv", "bundle", "EXPERIMENTS.md"}


def test_the_model_learned_and_metrics_tell_what_the_bundle_does(trained: Trained) -> None:
    folder = trained[0]
    metrics = json.loads((folder / "bundle" / "metrics.json").read_text())
    assert metrics["test"]["accuracy"] > 0.9
    assert metrics["test"]["reviews"] == metrics["dataset"]["test"] == 80
    assert metrics["dataset"]["validation"] == 64
    assert metrics["agreement"]["reviews"] == 64
    assert metrics["agreement"]["keras"] <= 1e-4
    assert metrics["agreement"]["batch"] <= 1e-5
    history = metrics["training"]["history"]
    assert [row["epoch"] for row in history] == [1, 2, 3, 4]
    best = max(history, key=lambda row: (row["validation_accuracy"], -row["validation_loss"]))
    assert metrics["training"]["best_epoch"] == best["epoch"]
    assert metrics["validation"]["accuracy"] == pytest.approx(best["validation_accuracy"], abs=0.04)


def test_every_evaluation_on_test_is_logged(trained: Trained) -> None:
    (line,) = (trained[0] / "EXPERIMENTS.md").read_text().splitlines()
    metrics = json.loads((trained[0] / "bundle" / "metrics.json").read_text())
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    assert cells[2:4] == ["tiny", "reviews.csv"]
    assert cells[4:6] == [f"{metrics[part]['accuracy']:.2%}" for part in ("validation", "test")]


def test_a_run_that_is_killed_again_and_again_ends_with_the_same_weights(
    trained: Trained, tiny_recipe: Path, tmp_path: Path
) -> None:
    reference, run = trained[0], arguments(tmp_path, tiny_recipe, trained[0] / "reviews.csv")
    state = tmp_path / "bundle.training"
    moments = ("bundle.training", "epoch-0001", "epoch-0002", ".bundle.unfinished-*")
    for moment in moments:
        folder = tmp_path if "bundle" in moment else state
        process = start_training(*run, "--resume")
        wait_for(folder, moment, process)
        process.kill()
        process.communicate()
        assert not (tmp_path / "bundle").exists()
    result = run_training(*run, "--resume")
    assert result.returncode == 0, result.stderr
    assert "epoch 1/4" not in result.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["EXPERIMENTS.md", "bundle"]
    for name in ("model.onnx", "tokenizer.json"):
        again = (tmp_path / "bundle" / name).read_bytes()
        assert again == (reference / "bundle" / name).read_bytes()


def test_ctrl_c_leaves_a_run_that_can_be_resumed_and_the_old_bundle_in_place(
    trained: Trained, tiny_recipe: Path, tmp_path: Path
) -> None:
    run = arguments(tmp_path, tiny_recipe, trained[0] / "reviews.csv")
    old = shutil.copytree(trained[0] / "bundle", tmp_path / "bundle")
    process = start_training(*run)
    wait_for(tmp_path / "bundle.training", "epoch-0001", process)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate()
    assert process.returncode == 130
    assert "the same command with --resume goes on from there" in errors
    assert "Traceback" not in errors
    assert SentimentClassifier.load(old).predict("superb").label == "positive"

    refused = run_training(*run)
    assert refused.returncode == 2
    assert "holds an unfinished run" in refused.stderr
    assert "add --resume to go on with it" in refused.stderr

    other = write_csv(tmp_path / "other.csv", make_reviews(400, seed=9))
    refused = run_training(*arguments(tmp_path, tiny_recipe, other), "--resume")
    assert refused.returncode == 2
    assert "holds a run with another dataset" in refused.stderr


def test_stopping_before_the_test_split_keeps_the_run(
    trained: Trained, tiny_recipe: Path, tmp_path: Path
) -> None:
    run = arguments(tmp_path, tiny_recipe, trained[0] / "reviews.csv")
    result = run_training(*run, "--validation-only")
    assert result.returncode == 0, result.stderr
    assert "validation accuracy" in result.stdout
    assert "test accuracy" not in result.stdout
    assert not (tmp_path / "bundle").exists()
    assert not (tmp_path / "EXPERIMENTS.md").exists()
    assert (tmp_path / "bundle.training" / "epoch-0004").exists()


def test_early_stopping_ends_a_run_and_keeps_its_best_epoch(
    tiny_recipe: Path, trained: Trained, tmp_path: Path
) -> None:
    recipe = tmp_path / "patient.toml"
    text = tiny_recipe.read_text().replace("epochs = 4", "epochs = 200\nearly_stopping = 2")
    recipe.write_text(text)
    result = run_training(*arguments(tmp_path, recipe, trained[0] / "reviews.csv"))
    assert result.returncode == 0, result.stderr
    training = json.loads((tmp_path / "bundle" / "metrics.json").read_text())["training"]
    assert len(training["history"]) == training["best_epoch"] + 2 < 200


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (["--dataset", "none.csv"], "no such file or folder"),
        (["--recipe", "none.toml"], "no such recipe"),
        (["--recipe", "{tmp}/typo.toml"], "expected none, word2vec or a file of word vectors"),
    ],
)
def test_a_users_mistake_is_one_sentence_and_a_status(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, wrong: list[str], sentence: str
) -> None:
    (tmp_path / "typo.toml").write_text('[model]\nword_vectors = "word2vce"')
    wrong = [argument.format(tmp=tmp_path) for argument in wrong]
    status = train_lstm.main([*wrong, "--output", str(tmp_path / "bundle")])
    errors = capsys.readouterr().err
    assert status == 2
    assert errors.startswith("train_lstm.py: ")
    assert sentence in errors
    assert errors.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["typo.toml"]


@pytest.mark.parametrize("manifest", [None, "{}", "whole"])
def test_a_folder_with_a_file_of_its_own_is_never_replaced(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, trained: Trained, manifest: str | None
) -> None:
    output = tmp_path / "output"
    if manifest == "whole":
        shutil.copytree(trained[0] / "bundle", output)
    else:
        output.mkdir()
    if manifest == "{}":
        (output / "bundle.json").write_text("{}")
    (output / "a thesis.doc").write_text("years of work")
    assert train_lstm.main(["--output", str(output)]) == 2
    assert "holds a thesis.doc, which is no part of a bundle" in capsys.readouterr().err
    assert (output / "a thesis.doc").read_text() == "years of work"


@pytest.mark.parametrize("output", [".", "..", "/"])
def test_the_folder_one_is_in_is_never_replaced(
    capsys: pytest.CaptureFixture[str], output: str
) -> None:
    assert train_lstm.main(["--output", output]) == 2
    assert "is the folder you are in, or above it" in capsys.readouterr().err


def test_an_output_that_cannot_be_made_is_one_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, trained: Trained, tiny_recipe: Path
) -> None:
    (tmp_path / "file").touch()
    dataset = str(trained[0] / "reviews.csv")
    arguments = ["--recipe", str(tiny_recipe), "--dataset", dataset]
    assert train_lstm.main([*arguments, "--output", str(tmp_path / "file" / "bundle")]) == 2
    errors = capsys.readouterr().err
    assert errors.startswith("train_lstm.py: ")
    assert errors.count("\n") == 1


def test_bundled_scalars_are_the_history_under_a_name_without_the_host(trained: Trained) -> None:
    import tensorflow as tf

    (path,) = (trained[0] / "bundle" / "runs").iterdir()
    assert path.name == "events.out.tfevents.training"
    events = [
        tf.compat.v1.Event.FromString(record.numpy()) for record in tf.data.TFRecordDataset([path])
    ]
    assert events[0].file_version == "brain.Event:2"
    logged = [
        value.simple_value
        for event in events
        for value in event.summary.value
        if value.tag == "loss"
    ]
    history = json.loads((trained[0] / "bundle" / "metrics.json").read_text())["training"][
        "history"
    ]
    np.testing.assert_allclose(logged, [row["loss"] for row in history], rtol=1e-6)
