"""Writing files and folders so that a reader sees the old or the new, never a half."""

import glob
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """Yield an empty folder beside `target` that takes its place when the block ends well.

    What stood at `target` is moved aside first and deleted last. If the block raises, `target`
    stays as it was.
    """
    recover(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=_prefix(target), dir=target.parent) as temporary:
        fresh, previous = Path(temporary, "new"), Path(temporary, "previous")
        fresh.mkdir()
        yield fresh
        try:
            if target.exists():
                target.rename(previous)
            fresh.rename(target)
        except BaseException:
            if previous.exists() and not target.exists():
                previous.rename(target)
            raise


def recover(target: Path) -> None:
    """Clear up after a `new_folder` that was killed: put back what it had moved aside."""
    for leftover in sorted(target.parent.glob(glob.escape(_prefix(target)) + "*")):
        if (leftover / "previous").exists() and not target.exists():
            (leftover / "previous").rename(target)
        shutil.rmtree(leftover)


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text through a temporary file and a rename."""
    content = text.encode("utf-8")
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_bytes(content)
    temporary.replace(path)


def remove_folder(folder: Path) -> None:
    """Delete a folder, renamed first so that no half of it is ever found under its name."""
    with tempfile.TemporaryDirectory(prefix=_prefix(folder), dir=folder.parent) as temporary:
        folder.rename(Path(temporary, "removed"))


def _prefix(folder: Path) -> str:
    return f".{folder.name}.unfinished-"
