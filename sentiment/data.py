"""Reviews in: from a Hub dataset, a folder in the Hub's layout, CSV, TSV, Parquet or JSON lines.

splits = read("stanfordnlp/imdb")     # {"train": Reviews, "test": Reviews, "unsupervised": ...}
splits = read("reviews.csv")          # {"train": Reviews}
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sentiment import tables
from sentiment.errors import SentimentError

if TYPE_CHECKING:
    import pandas as pd

TEXT_COLUMNS = ("text", "review", "reviews")
LABEL_COLUMNS = ("label", "sentiment")
LABELS = ("negative", "positive")  # the position is the label's id, everywhere
UNLABELLED = -1
UNSUPERVISED = "unsupervised"  # a split whose reviews have no label, whatever its column says
_LABEL_IDS = {
    **dict.fromkeys(("0", "0.0", "neg", "negative", "false"), 0),
    **dict.fromkeys(("1", "1.0", "pos", "positive", "true"), 1),
    **dict.fromkeys(("-1", "-1.0"), UNLABELLED),
}
_HUB_ID = re.compile(r"\w[\w.-]*(/\w[\w.-]*)?")


@dataclass(frozen=True)
class Reviews:
    """Texts with labels (N,) int8: 0 negative, 1 positive, -1 unlabelled."""

    texts: list[str]
    labels: np.ndarray
    dropped: int = 0  # rows left out because their text or label was missing or blank

    def __len__(self) -> int:
        return len(self.texts)

    def take(self, indices: Sequence[int] | np.ndarray) -> "Reviews":
        """The reviews at these positions, in this order."""
        chosen = np.asarray(indices, dtype=np.int64)
        return Reviews([self.texts[i] for i in chosen], self.labels[chosen])


def read(
    dataset: str,
    revision: str | None = None,
    text_column: str | None = None,
    label_column: str | None = None,
) -> dict[str, Reviews]:
    """Read every split of a dataset; a single file is one split, "train".

    Args:
        dataset: a Hub dataset id, a folder in the Hub's layout, or a file by its suffix.
        revision: branch, tag or commit of a Hub dataset.
        text_column, label_column: names to use in place of the usual ones.

    Raises:
        SentimentError: naming the file, the row and the value that cannot be used.
    """
    if not dataset.strip():
        raise SentimentError("the dataset has no name; give a path or a Hub dataset id")
    path = Path(dataset)
    if path.is_file():
        splits = {"train": tables.read(path)}
    elif path.is_dir() or (
        _HUB_ID.fullmatch(dataset) and path.suffix.lower() not in tables.READERS
    ):
        splits = _load_dataset(dataset, revision)
    else:
        raise SentimentError(
            f"{dataset}: no such file or folder; give a path that exists or a Hub dataset id"
        )
    return {
        name: _reviews(
            table, f"{dataset} ({name})", text_column, label_column, labelled=name != UNSUPERVISED
        )
        for name, table in splits.items()
    }


def _load_dataset(dataset: str, revision: str | None) -> dict[str, "pd.DataFrame"]:
    import datasets

    try:
        splits = datasets.load_dataset(dataset, revision=revision)
    except (OSError, ValueError, datasets.exceptions.DatasetsError) as error:
        for file in sorted(Path(dataset).rglob("*")):
            if file.suffix.lower() in tables.READERS:
                tables.read(file)  # which names the file and the line, as `datasets` does not
        reason = " ".join(str(error).split())[:300]
        raise SentimentError(
            f"{dataset}: could not be read as a dataset ({reason}); check the name and the "
            "network, or give a folder or file on this machine"
        ) from None
    found = {}
    for name, split in splits.items():
        table = split.to_pandas()
        for column, feature in split.features.items():
            if isinstance(feature, datasets.ClassLabel):
                names = dict(enumerate(feature.names))
                table[column] = table[column].map(lambda i, names=names: names.get(i, i))
        found[str(name)] = table
    return found


def find_column(table: "pd.DataFrame", wanted: str | None, usual: Sequence[str]) -> str | None:
    """The column called `wanted`, else the first with a usual name, whatever the case."""
    by_lower = {str(column).strip().lower(): column for column in reversed(list(table.columns))}
    if wanted is not None:
        return wanted if wanted in table.columns else by_lower.get(wanted.lower())
    return next((by_lower[name] for name in usual if name in by_lower), None)


def _reviews(
    table: "pd.DataFrame",
    where: str,
    text_column: str | None,
    label_column: str | None,
    labelled: bool,
) -> Reviews:
    text_values = _values(table, where, "--text-column", text_column, TEXT_COLUMNS)
    if labelled:
        label_values = _values(table, where, "--label-column", label_column, LABEL_COLUMNS)
    else:
        label_values = [UNLABELLED] * len(table)
    texts, labels = [], []
    for row, (text, label) in enumerate(zip(text_values, label_values, strict=True), 1):
        if text is None or label is None:
            continue
        if not isinstance(text, str):
            raise SentimentError(
                f"{where}: row {row} has {str(text)[:60]!r} for a text; expected a string"
            )
        texts.append(text)
        labels.append(_label_id(label, where, row))
    return Reviews(texts, np.array(labels, dtype=np.int8), dropped=len(table) - len(texts))


def _values(
    table: "pd.DataFrame", where: str, option: str, wanted: str | None, usual: Sequence[str]
) -> list[Any]:
    """A column's values, None for each that is missing or blank."""
    column = find_column(table, wanted, usual)
    if column is None:
        raise SentimentError(
            f"{where}: expected a column named {wanted or ' or '.join(usual)}, found "
            f"{', '.join(map(str, table.columns)) or 'none'}; name one with {option}"
        )
    values = table[column].astype(object)
    present = values.notna()
    return [
        value if there and str(value).strip() else None
        for value, there in zip(values, present, strict=True)
    ]


def _label_id(value: Any, where: str, row: int) -> int:
    label = _LABEL_IDS.get(str(value).strip().lower())
    if label is None:
        raise SentimentError(
            f"{where}: row {row} has the label {str(value)[:60]!r}; expected two classes, as 0/1, "
            "neg/pos, negative/positive or false/true (-1 for no label)"
        )
    return label
