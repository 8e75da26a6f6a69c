import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sentiment import data
from sentiment.errors import SentimentError
from tests.conftest import make_reviews, write_csv

ROWS = [("A gem", 1), ("Dull", 0), ("Fine", 1)]


def _csv(path: Path, table: pd.DataFrame) -> None:
    table.to_csv(path.with_suffix(".csv"), index=False)


def _tsv(path: Path, table: pd.DataFrame) -> None:
    table.to_csv(path.with_suffix(".tsv"), index=False, sep="\t")


def _parquet(path: Path, table: pd.DataFrame) -> None:
    table.to_parquet(path.with_suffix(".parquet"))


def _jsonl(path: Path, table: pd.DataFrame) -> None:
    table.to_json(path.with_suffix(".jsonl"), orient="records", lines=True)


@pytest.mark.parametrize("write", [_csv, _tsv, _parquet, _jsonl])
@pytest.mark.parametrize(
    ("columns", "labels"),
    [
        (("text", "label"), [1, 0, 1]),
        (("review", "sentiment"), ["positive", "negative", "positive"]),
        (("Review", "Sentiment"), [1, 0, 1]),
        (("reviews", "sentiment"), ["POS", "Neg", "pos "]),
        (("TEXT", "Label"), [True, False, True]),
        (("text", "label"), [1.0, 0.0, 1.0]),
    ],
)
def test_every_format_column_name_and_label_spelling_gives_the_same_reviews(
    tmp_path: Path,
    write: Callable[[Path, pd.DataFrame], None],
    columns: tuple[str, str],
    labels: list[Any],
) -> None:
    table = pd.DataFrame({columns[0]: [text for text, _ in ROWS], columns[1]: labels})
    write(tmp_path / "reviews", table)
    (path,) = tmp_path.iterdir()
    reviews = data.read(str(path))["train"]
    assert reviews.texts == ["A gem", "Dull", "Fine"]
    assert reviews.labels.tolist() == [1, 0, 1]


def test_columns_can_be_named(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "x.csv", ROWS, header="body,stars")
    reviews = data.read(str(path), text_column="body", label_column="Stars")["train"]
    assert reviews.labels.tolist() == [1, 0, 1]


def test_commas_quotes_line_breaks_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text('\ufefftext,label\n"One, ""two""\nthree",1\nNA,0\n', encoding="utf-8")
    assert data.read(str(path))["train"].texts == ['One, "two"\nthree', "NA"]


def test_rows_without_text_or_label_are_dropped_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    rows = [
        {"text": "kept", "label": 1},
        {"text": "  ", "label": 1},
        {"text": None, "label": 1},
        {"text": "no label"},
        {"text": "blank label", "label": ""},
    ]
    path.write_text("\n".join(map(json.dumps, rows)))
    reviews = data.read(str(path))["train"]
    assert (reviews.texts, reviews.dropped) == (["kept"], 4)


def test_minus_one_means_unlabelled(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "x.csv", [("a", 1), ("b", -1)])
    assert data.read(str(path))["train"].labels.tolist() == [1, data.UNLABELLED]


def _hub_folder(folder: Path, class_names: tuple[str, str] = ("neg", "pos")) -> Path:
    """A folder as stanfordnlp/imdb is on the Hub."""
    splits = {"train": ROWS, "test": ROWS[:2], "unsupervised": [("Unseen", -1)]}
    for name, rows in splits.items():
        table = pd.DataFrame(rows, columns=["text", "label"])
        table.to_parquet(folder / f"{name}-00000-of-00001.parquet")
    listed = "".join(f"    - split: {name}\n      path: {name}-*\n" for name in splits)
    examples = "".join(
        f"  - name: {name}\n    num_bytes: 1\n    num_examples: {len(rows)}\n"
        for name, rows in splits.items()
    )
    (folder / "README.md").write_text(
        "---\ndataset_info:\n  features:\n  - name: text\n    dtype: string\n  - name: label\n"
        "    dtype:\n      class_label:\n        names:\n"
        f"          '0': {class_names[0]}\n          '1': {class_names[1]}\n"
        f"  splits:\n{examples}"
        f"configs:\n- config_name: default\n  data_files:\n{listed}---\n"
    )
    return folder


@pytest.mark.parametrize(
    ("names", "labels"), [(("neg", "pos"), [1, 0, 1]), (("pos", "neg"), [0, 1, 0])]
)
def test_a_folder_in_the_layout_of_the_hub_gives_its_splits_by_class_name(
    tmp_path: Path, names: tuple[str, str], labels: list[int]
) -> None:
    splits = data.read(str(_hub_folder(tmp_path, names)))
    assert sorted(splits) == ["test", "train", "unsupervised"]
    assert splits["train"].labels.tolist() == labels
    assert splits["unsupervised"].labels.tolist() == [data.UNLABELLED]


@pytest.mark.parametrize("label", [None, 0])
def test_reviews_of_a_split_named_unsupervised_have_no_label(
    tmp_path: Path, label: int | None
) -> None:
    pd.DataFrame(ROWS, columns=["text", "label"]).to_csv(tmp_path / "train.csv", index=False)
    unseen = pd.DataFrame({"text": ["Unseen"], "label": [label]})
    unseen.to_csv(tmp_path / "unsupervised.csv", index=False)
    (tmp_path / "README.md").write_text(
        "---\nconfigs:\n- config_name: default\n  data_files:\n"
        "  - split: train\n    path: train.csv\n"
        "  - split: unsupervised\n    path: unsupervised.csv\n---\n"
    )
    unsupervised = data.read(str(tmp_path))["unsupervised"]
    assert (unsupervised.texts, unsupervised.labels.tolist()) == (["Unseen"], [-1])


def test_missing_values_of_every_dtype_of_parquet_are_dropped(tmp_path: Path) -> None:
    for dtype in ("Int64", "boolean", "string"):
        path = tmp_path / f"{dtype}.parquet"
        label = pd.Series(["1" if dtype == "string" else 1, None], dtype=dtype)
        table = pd.DataFrame({"text": ["kept", "dropped"], "label": label})
        table.to_parquet(path)
        reviews = data.read(str(path))["train"]
        assert (reviews.texts, reviews.labels.tolist(), reviews.dropped) == (["kept"], [1], 1)


@pytest.mark.parametrize("text", [["a", "b"], {"a": 1}, 5])
def test_a_text_that_is_no_string_is_refused_with_its_row(tmp_path: Path, text: Any) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(json.dumps({"text": text, "label": 1}))
    _expect_sentence(str(path), "row 1 has ")


WRONG = {
    "no usable text column": (b"body,label\na,1\n", "a column named text or review or reviews"),
    "no usable label column": (b"text,stars\na,1\n", "name one with --label-column"),
    "three classes": (b"text,label\na,0\nb,1\nc,2\n", "row 3 has the label '2'"),
    "an unknown label": (b"text,label\na,happy\n", "row 1 has the label 'happy'"),
    "undecodable bytes": (b"text,label\na,1\ncaf\xe9,0\n", "line 3 holds the byte 0xe9"),
    "an empty file": (b"", "the file is empty; expected a header and rows"),
    "a comma outside quotes in the first row": (
        b"label,text\n1,good, but long\n0,bad\n",
        "row 1 has more cells than the header; put texts that hold a ',' in double quotes",
    ),
    "too many cells": (b"text,label\na,1\nb,c,0\nb,c,d,0\n", "not a readable .csv file"),
}


@pytest.mark.parametrize(("content", "sentence"), WRONG.values(), ids=WRONG)
def test_a_wrong_csv_is_one_sentence_naming_file_and_place(
    tmp_path: Path, content: bytes, sentence: str
) -> None:
    path = tmp_path / "wrong.csv"
    path.write_bytes(content)
    _expect_sentence(str(path), sentence)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("x.jsonl", b'{"text": "a", "label": 1}\n{oops\n', "line 2 is not JSON"),
        ("x.jsonl", b"[" * 100_000, "line 1 is not JSON"),
        ("x.jsonl", b"[1]\n", "line 1 is not a JSON object"),
        ("x.jsonl", b'{"text": "caf\xe9"}\n', "line 1 holds the byte 0xe9"),
        ("x.jsonl", b"", "found none"),
        ("x.parquet", b"text,label\n", "not a readable .parquet file"),
        ("x.xlsx", b"text,label\n", "expected a file ending in .csv, .tsv, .parquet, .jsonl"),
    ],
)
def test_a_wrong_file_of_another_kind_too(
    tmp_path: Path, name: str, content: bytes, sentence: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    _expect_sentence(str(path), sentence)


@pytest.mark.parametrize("name", ["none.csv", "./none", "/none/at/all", "a/b/c"])
def test_what_is_neither_a_path_nor_a_hub_id_is_said_so(name: str) -> None:
    _expect_sentence(name, "no such file or folder; give a path that exists or a Hub dataset id")


def test_undecodable_bytes_in_a_folder_are_told_with_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "test.csv").write_bytes(b"text,label\na,1\n")
    (tmp_path / "train.csv").write_bytes(b"text,label\na,1\ncaf\xe9,0\n")
    _expect_sentence(str(tmp_path), "train.csv: line 3 holds the byte 0xe9")


def test_a_folder_without_data_is_one_sentence(tmp_path: Path) -> None:
    _expect_sentence(str(tmp_path), "could not be read as a dataset")


def _expect_sentence(dataset: str, sentence: str) -> None:
    with pytest.raises(SentimentError) as error:
        data.read(dataset)
    assert dataset in str(error.value)
    assert sentence in str(error.value)
    assert "\n" not in str(error.value)


def test_taking_keeps_texts_and_labels_together() -> None:
    pairs = make_reviews(10)
    reviews = data.Reviews([text for text, _ in pairs], np.array([label for _, label in pairs]))
    taken = reviews.take([7, 2])
    assert [(text, int(label)) for text, label in zip(taken.texts, taken.labels, strict=True)] == [
        pairs[7],
        pairs[2],
    ]
