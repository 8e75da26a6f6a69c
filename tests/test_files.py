from pathlib import Path

import numpy as np
import pytest

from sentiment import files
from sentiment.checkpoint import Workspace
from sentiment.errors import SentimentError


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "target"
    folder.mkdir()
    (folder / "old").write_text("old")
    return folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_new_folder_takes_the_place_of_the_old_one(target: Path) -> None:
    with files.new_folder(target) as fresh:
        (fresh / "new").write_text("new")
        assert names(target) == ["old"]
    assert names(target) == ["new"]
    assert names(target.parent) == ["target"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_block_that_raises_leaves_everything_as_it_was(
    target: Path, error: type[BaseException]
) -> None:
    def fill() -> None:
        with files.new_folder(target) as fresh:
            (fresh / "new").write_text("new")
            raise error

    with pytest.raises(error):
        fill()
    assert names(target) == ["old"]
    assert names(target.parent) == ["target"]


def test_a_rename_that_fails_puts_the_old_folder_back(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = Path.rename

    def failing(self: Path, goal: Path) -> Path:
        if self.name == "new":
            raise OSError("no space left")
        return rename(self, goal)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OSError, match="no space left"), files.new_folder(target):
        pass
    assert names(target) == ["old"]


def test_text_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "text"
    path.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        files.write_text(path, "new \ud800")
    assert path.read_text() == "old"
    assert names(tmp_path) == ["text"]
    files.write_text(path, "new é\n")
    assert path.read_bytes() == "new é\n".encode()


IDENTITY = {"recipe": {"seed": 1}, "dataset": "abc"}


def test_a_workspace_keeps_the_newest_epoch_alone(tmp_path: Path) -> None:
    workspace = Workspace.open(tmp_path / "run", IDENTITY, resume=False)
    assert workspace.finished_epochs() == 0
    for epoch in (1, 2, 3):
        workspace.write_epoch(epoch, lambda folder: folder.joinpath("state").touch())
        assert workspace.finished_epochs() == epoch
    assert names(tmp_path / "run") == ["epoch-0003", "run.json"]
    workspace.remove()
    assert names(tmp_path) == []


def test_a_cached_array_is_computed_once(tmp_path: Path) -> None:
    workspace = Workspace.open(tmp_path / "run", IDENTITY, resume=False)
    first = workspace.array("vectors", lambda: np.arange(3))
    again = Workspace.open(tmp_path / "run", IDENTITY, resume=True).array("vectors", pytest.fail)
    np.testing.assert_array_equal(first, again)


@pytest.mark.parametrize(
    ("identity", "resume", "sentence"),
    [
        (IDENTITY, False, r"holds an unfinished run \(1 epochs done\); add --resume"),
        (IDENTITY | {"dataset": "abd"}, True, r"another dataset \(1 epochs done\)"),
        ({"recipe": {}, "dataset": "abd"}, True, "holds a run with another recipe and dataset"),
        ({"recipe": {}, "dataset": "abc"}, False, "holds a run with another recipe"),
    ],
)
def test_a_run_that_cannot_go_on_is_left_alone(
    tmp_path: Path, identity: dict[str, object], resume: bool, sentence: str
) -> None:
    workspace = Workspace.open(tmp_path / "run", IDENTITY, resume=False)
    workspace.write_epoch(1, lambda folder: None)
    with pytest.raises(SentimentError, match=sentence):
        Workspace.open(tmp_path / "run", identity, resume)


def test_a_folder_of_something_else_is_left_alone(target: Path) -> None:
    with pytest.raises(SentimentError, match="expected a training run or no folder"):
        Workspace.open(target, IDENTITY, resume=True)
    assert names(target) == ["old"]


def test_another_run_takes_the_place_of_one_without_a_finished_epoch(tmp_path: Path) -> None:
    first = Workspace.open(tmp_path / "run", IDENTITY, resume=False)
    first.array("vectors", lambda: np.arange(3))
    other = Workspace.open(tmp_path / "run", IDENTITY | {"dataset": "abd"}, resume=False)
    np.testing.assert_array_equal(other.array("vectors", lambda: np.arange(4)), np.arange(4))


def test_a_damaged_run_is_said_to_be_damaged(tmp_path: Path) -> None:
    Workspace.open(tmp_path / "run", IDENTITY, resume=False)
    (tmp_path / "run" / "run.json").write_text("")
    with pytest.raises(SentimentError, match="damaged; delete"):
        Workspace.open(tmp_path / "run", IDENTITY, resume=True)


@pytest.mark.parametrize("moved_aside", [True, False])
def test_what_a_killed_replacement_left_is_put_back_or_cleared(
    target: Path, moved_aside: bool
) -> None:
    leftover = target.parent / ".target.unfinished-abc"
    (leftover / "new").mkdir(parents=True)
    if moved_aside:
        target.rename(leftover / "previous")
    files.recover(target)
    assert names(target) == ["old"]
    assert names(target.parent) == ["target"]


def test_a_name_with_brackets_is_no_pattern(tmp_path: Path) -> None:
    of_another, own = tmp_path / ".my1.unfinished-a", tmp_path / ".my[1].unfinished-b"
    of_another.mkdir()
    (own / "previous").mkdir(parents=True)
    files.recover(tmp_path / "my[1]")
    assert names(tmp_path) == [".my1.unfinished-a", "my[1]"]
