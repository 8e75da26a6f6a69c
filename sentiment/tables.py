"""Rows of a CSV, TSV, Parquet or JSON-lines file, as a pandas table; pandas comes when needed."""

import json
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sentiment.errors import SentimentError

if TYPE_CHECKING:
    import pandas as pd


def read(path: Path) -> "pd.DataFrame":
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

    with warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)  # it would cut the first row short
        try:
            return pd.read_csv(
                path,
                sep=separator,
                dtype=str,
                keep_default_na=False,
                encoding="utf-8-sig",
                index_col=False,
                skip_blank_lines=False,  # they count as rows, and are dropped aloud
            )
        except pd.errors.ParserWarning:
            raise SentimentError(
                f"{path}: row 1 has more cells than the header; put texts that hold a "
                f"{separator!r} in double quotes"
            ) from None


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
            except (json.JSONDecodeError, RecursionError) as error:
                raise SentimentError(f"{path}: line {number} is not JSON ({error})") from None
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
