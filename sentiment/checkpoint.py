"""What a training run leaves on disk, so that it can be resumed after any end."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from sentiment import files
from sentiment.errors import SentimentError

IDENTITY = "run.json"


class Workspace:
    """A folder with one run: its identity, its cached word vectors and its last finished epoch."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def open(cls, folder: Path, identity: dict[str, Any], resume: bool) -> "Workspace":
        """Start a run, or go on with the one that is there.

        Args:
            identity: plain values that two runs must share to be the same run.
            resume: go on with what is there; nothing there is a fresh start.

        Raises:
            SentimentError: another run is there, or an unfinished one and `resume` is false.
        """
        workspace, marker = cls(folder), folder / IDENTITY
        if not marker.exists():
            if folder.exists() and any(folder.iterdir()):
                raise SentimentError(
                    f"{folder}: expected a training run or no folder, found other files; "
                    "choose another --output"
                )
            workspace._start(identity)
            return workspace
        try:
            found = json.loads(marker.read_text(encoding="utf-8"))
            differing = [key for key in identity if found.get(key) != identity[key]]
        except (ValueError, AttributeError):
            raise SentimentError(f"{marker}: damaged; delete {folder} to start over") from None
        epochs = workspace.finished_epochs()
        if differing and not epochs:
            workspace._start(identity)  # another run, of which nothing is finished
        elif differing:
            raise SentimentError(
                f"{folder}: holds a run with another {' and '.join(differing)} ({epochs} epochs "
                "done); give the same with --resume, or delete the folder to start over"
            )
        elif not resume:
            raise SentimentError(
                f"{folder}: holds an unfinished run ({epochs} epochs done); add --resume to go on "
                "with it, or delete the folder to start over"
            )
        return workspace

    def _start(self, identity: dict[str, Any]) -> None:
        with files.new_folder(self.folder) as fresh:
            files.write_text(fresh / IDENTITY, json.dumps(identity, indent=2) + "\n")

    def array(self, name: str, compute: Callable[[], np.ndarray]) -> np.ndarray:
        """The array kept under this name, computed and kept the first time."""
        path = self.folder / f"{name}.npy"
        if not path.exists():
            temporary = self.folder / f".{name}.npy"
            np.save(temporary, compute())
            temporary.replace(path)
        array: np.ndarray = np.load(path, allow_pickle=False)
        return array

    def finished_epochs(self) -> int:
        """How many epochs are finished and on disk."""
        return max(
            (int(folder.name.removeprefix("epoch-")) for folder in self.folder.glob("epoch-*")),
            default=0,
        )

    def epoch_folder(self, epoch: int) -> Path:
        """Where the state after this many epochs is kept."""
        return self.folder / f"epoch-{epoch:04d}"

    def write_epoch(self, epoch: int, write: Callable[[Path], None]) -> None:
        """Keep the state after `epoch` epochs, then delete that of the epoch before."""
        with files.new_folder(self.epoch_folder(epoch)) as folder:
            write(folder)
        for older in self.folder.glob("epoch-*"):
            if older != self.epoch_folder(epoch):
                shutil.rmtree(older)

    def remove(self) -> None:
        """Delete the run, once its bundle is written."""
        files.remove_folder(self.folder)
