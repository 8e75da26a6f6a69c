"""Reviews in: from a Hub dataset, a folder in the Hub's layout, CSV, TSV, Parquet or JSON lines.

splits = read("stanfordnlp/imdb")     # {"train": Reviews, "test": Reviews, "unsupervised": ...}
splits = read("reviews.csv")          # {"train": Reviews}
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sentiment.errors import SentimentError

if TYPE_CHECKING:
    import pandas as pd

TEXT_COLUMNS = ("text", "review", "reviews")
LABEL_COLUMNS = ("label", "sentiment")
LABELS = ("negative", "positive")  # the position is the label's id, everywhere
UNLABELLED = -1
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
    path = Path(dataset)
    if path.is_file():
        tables = {"train": read_table(path)}
    elif path.is_dir() or (_HUB_ID.fullmatch(dataset) and path.suffix not in READERS):
        tables = _load_dataset(dataset, revision)
    else:
        raise SentimentError(
            f"{dataset}: no such file or folder; give a path that exists or a Hub dataset id"
        )
    return {
        name: _reviews(table, f"{dataset} ({name})", text_column, label_column)
        for name, table in tables.items()
    }


def read_table(path: Path) -> "pd.DataFrame":
    """Read one file of rows by its suffix; CSV and TSV cells stay text.

    Raises:
        SentimentError: an unknown suffix, undecodable bytes (with the line), or malformed rows.
    """
    import pandas as pd

    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise SentimentError(f"{path}: expected a file ending in {', '.join(READERS)}")
    try:
        return reader(path)
    except UnicodeDecodeError:
        raise SentimentError(_undecodable(path)) from None
    except pd.errors.EmptyDataError:
        raise SentimentError(f"{path}: the file is empty; expected a header and rows") from None
    except (ValueError, OSError) as error:  # parser errors of pandas and pyarrow are ValueErrors
        if isinstance(error, SentimentError):
            raise
        reason = str(error).strip().splitlines()[0]
        raise SentimentError(f"{path}: not a readable {path.suffix} file ({reason})") from None


def _read_csv(path: Path) -> "pd.DataFrame":
    return _read_delimited(path, ",")


def _read_tsv(path: Path) -> "pd.DataFrame":
    return _read_delimited(path, "\t")


def _read_delimited(path: Path, separator: str) -> "pd.DataFrame":
    import pandas as pd

    return pd.read_csv(
        path, sep=separator, dtype=str, keep_default_na=False, encoding="utf-8-sig", index_col=False
    )


def _read_parquet(path: Path) -> "pd.DataFrame":
    import pandas as pd

    return pd.read_parquet(path)


def _read_json_lines(path: Path) -> "pd.DataFrame":
    import pandas as pd

    rows: list[dict[str, Any]] = []
    with path.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                raise SentimentError(f"{path}: line {number} is not JSON ({error.msg})") from None
            if not isinstance(row, dict):
                raise SentimentError(f"{path}: line {number} is not a JSON object: {line[:60]!r}")
            rows.append(row)
    return pd.DataFrame(rows, dtype=object)


READERS = {
    ".csv": _read_csv,
    ".tsv": _read_tsv,
    ".parquet": _read_parquet,
    ".jsonl": _read_json_lines,
    ".ndjson": _read_json_lines,
}


def _undecodable(path: Path) -> str:
    content = path.read_bytes()
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return (
            f"{path}: line {line} holds the byte 0x{content[error.start]:02x}, which is not UTF-8; "
            "save the file as UTF-8"
        )
    return f"{path}: not UTF-8 text; save the file as UTF-8"


def _load_dataset(dataset: str, revision: str | None) -> dict[str, "pd.DataFrame"]:
    import datasets

    try:
        splits = datasets.load_dataset(dataset, revision=revision)
    except (OSError, ValueError, datasets.exceptions.DatasetsError) as error:
        reason = " ".join(str(error).split())[:300]
        raise SentimentError(
            f"{dataset}: could not be read as a dataset ({reason}); check the name and the "
            "network, or give a folder or file on this machine"
        ) from None
    tables = {}
    for name, split in splits.items():
        table = split.to_pandas()
        for column, feature in split.features.items():
            if isinstance(feature, datasets.ClassLabel):
                names = dict(enumerate(feature.names))
                table[column] = table[column].map(lambda i, names=names: names.get(i, i))
        tables[str(name)] = table
    return tables


def find_column(table: "pd.DataFrame", wanted: str | None, usual: Sequence[str]) -> str | None:
    """The column called `wanted`, else the first with a usual name, whatever the case."""
    by_lower = {str(column).strip().lower(): column for column in reversed(list(table.columns))}
    if wanted is not None:
        return wanted if wanted in table.columns else by_lower.get(wanted.lower())
    return next((by_lower[name] for name in usual if name in by_lower), None)


def _reviews(
    table: "pd.DataFrame", where: str, text_column: str | None, label_column: str | None
) -> Reviews:
    text = find_column(table, text_column, TEXT_COLUMNS)
    label = find_column(table, label_column, LABEL_COLUMNS)
    for column, option, wanted, usual in (
        (text, "--text-column", text_column, TEXT_COLUMNS),
        (label, "--label-column", label_column, LABEL_COLUMNS),
    ):
        if column is None:
            raise SentimentError(
                f"{where}: expected a column named {wanted or ' or '.join(usual)}, found "
                f"{', '.join(map(str, table.columns)) or 'none'}; name one with {option}"
            )
    texts, labels = [], []
    for row, (value, raw) in enumerate(zip(table[text], table[label], strict=True), 1):
        if _is_missing(value) or _is_missing(raw):
            continue
        texts.append(str(value))
        labels.append(_label_id(raw, where, row))
    return Reviews(texts, np.array(labels, dtype=np.int8), dropped=len(table) - len(texts))


def _is_missing(value: Any) -> bool:
    return value is None or value != value or not str(value).strip()  # NaN differs from itself


def _label_id(value: Any, where: str, row: int) -> int:
    label = _LABEL_IDS.get(str(value).strip().lower())
    if label is None:
        raise SentimentError(
            f"{where}: row {row} has the label {str(value)[:60]!r}; expected two classes, as 0/1, "
            "neg/pos, negative/positive or false/true (-1 for no label)"
        )
    return label
