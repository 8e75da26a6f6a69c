from pathlib import Path

import pytest

from sentiment import experiments

RESULTS = {
    "dataset": {"name": "reviews.csv"},
    "validation": {"accuracy": 0.9},
    "test": {"accuracy": 0.875, "expected_calibration_error": 0.01},
}


def test_a_line_is_added_after_those_that_are_there(tmp_path: Path) -> None:
    log = tmp_path / "docs" / "log.md"
    experiments.log(log, "first", RESULTS, "abc")
    experiments.log(log, "second", RESULTS, "abc")
    lines = log.read_text().splitlines()
    assert [line.split(" | ")[2:] for line in lines] == [
        [name, "reviews.csv", "90.00%", "87.50%", "1.00% |"] for name in ("first", "second")
    ]


def test_a_machine_without_git_loses_nothing_but_the_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert experiments.commit() == "unknown"
