"""The bundle: a folder with everything a trained system is, and the one place for its file names.

config.json metadata.json model.weights.h5   the Keras model; config.json is Keras' own
tokenizer.json                               text to token ids
model.onnx                                   the same weights as a serving graph
bundle.json                                  the manifest: `Manifest` below
metrics.json figures/                        what the card's and the README's numbers come from
runs/                                        TensorBoard scalars
README.md                                    the model card
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sentiment import files
from sentiment.data import LABELS
from sentiment.errors import SentimentError

FORMAT_VERSION = 1
MANIFEST = "bundle.json"
TOKENIZER = "tokenizer.json"
ONNX = "model.onnx"
METRICS = "metrics.json"
FIGURES = "figures"
RUNS = "runs"
CARD = "README.md"
SERVING = (MANIFEST, TOKENIZER, ONNX, METRICS)  # what predicting and showing the model needs


@dataclass(frozen=True)
class Manifest:
    """What bundle.json holds; `files` gives the size in bytes and the sha256 of every other file.

    `temperature` is already folded into the weights. `bounds` are the largest differences in
    probability that hold for this bundle: `keras` between ONNX Runtime and Keras, `batch` between
    a review alone and in a batch.
    """

    vocabulary_size: int
    max_tokens: int
    temperature: float
    bounds: dict[str, float]
    recipe: dict[str, Any]
    versions: dict[str, str]
    labels: tuple[str, ...] = LABELS
    format_version: int = FORMAT_VERSION
    files: dict[str, dict[str, Any]] = field(default_factory=dict)


_KINDS = {
    "vocabulary_size": int,
    "max_tokens": int,
    "temperature": float,
    "bounds": dict,
    "recipe": dict,
    "versions": dict,
    "labels": list,
    "format_version": int,
    "files": dict,
}


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write bundle.json, with `files` as they are in the folder now."""
    listed = {
        path.relative_to(folder).as_posix(): {"size": path.stat().st_size, "sha256": sha256(path)}
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MANIFEST
    }
    text = json.dumps(asdict(manifest) | {"files": listed}, indent=2)
    files.write_text(folder / MANIFEST, text + "\n")


def read_manifest(folder: Path) -> Manifest:
    """Read bundle.json.

    Raises:
        SentimentError: not a bundle, or one of another format version.
    """
    path = folder / MANIFEST
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SentimentError(f"{folder}: not a model bundle, {MANIFEST} is missing") from None
    except (OSError, ValueError, RecursionError) as error:
        raise SentimentError(f"{path}: not readable as JSON ({error})") from None
    version = values.get("format_version") if isinstance(values, dict) else None
    if type(version) is not int or version != FORMAT_VERSION:
        raise SentimentError(
            f"{path}: expected format version {FORMAT_VERSION}, found {version!r}; "
            "use the release of this project that wrote it"
        )
    for name, kind in _KINDS.items():
        if type(values.get(name)) is not kind:
            raise SentimentError(
                f"{path}: expected {name} as {kind.__name__}, found {values.get(name)!r:.60}; "
                "fetch the bundle again"
            )
    for name, listed in values["files"].items():
        if not isinstance(listed, dict) or type(listed.get("size")) is not int:
            raise SentimentError(f"{path}: no size for {name}; fetch the bundle again")
    if tuple(values["labels"]) != LABELS:
        raise SentimentError(f"{path}: expected the labels {LABELS}, found {values['labels']}")
    return Manifest(**{name: values[name] for name in _KINDS} | {"labels": LABELS})


def foreign_files(folder: Path) -> list[str]:
    """What a folder holds that is no part of a bundle; all of it where there is no manifest."""
    if not folder.is_dir():
        return [folder.name]
    try:
        ours = {MANIFEST, CARD, *read_manifest(folder).files}
    except SentimentError:
        ours = set()
    found = (path for path in sorted(folder.rglob("*")) if not path.is_dir())
    names = (path.relative_to(folder).as_posix() for path in found)
    return [name for name in names if name not in ours]


def read_verified(folder: Path, manifest: Manifest, name: str) -> bytes:
    """The content of one file, checked against the manifest.

    Raises:
        SentimentError: the file is missing, truncated or altered.
    """
    path, listed = folder / name, manifest.files.get(name)
    if listed is None:
        raise SentimentError(f"{folder / MANIFEST}: does not list {name}; fetch the bundle again")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SentimentError(f"{path}: {error.strerror}; fetch the bundle again") from None
    if len(content) != listed["size"]:
        raise SentimentError(
            f"{path}: expected {listed['size']:,} bytes, found {len(content):,}; "
            "fetch the bundle again"
        )
    if hashlib.sha256(content).hexdigest() != listed.get("sha256"):
        raise SentimentError(
            f"{path}: the content differs from the sha256 in {MANIFEST}; fetch the bundle again"
        )
    return content


def sha256(path: Path) -> str:
    """The SHA-256 of a file's content, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
