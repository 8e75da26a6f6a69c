import numpy as np
import pytest

from sentiment import splits
from sentiment.data import UNLABELLED, Reviews
from sentiment.errors import SentimentError
from sentiment.recipe import DataRecipe

RECIPE = DataRecipe(validation_fraction=0.1, test_fraction=0.2)


def reviews(
    negative: list[str], positive: list[str], unlabelled: list[str] | None = None
) -> Reviews:
    unlabelled = unlabelled or []
    labels = [0] * len(negative) + [1] * len(positive) + [UNLABELLED] * len(unlabelled)
    return Reviews(negative + positive + unlabelled, np.array(labels, dtype=np.int8))


def numbered(word: str, count: int) -> list[str]:
    return [f"{word} {index}" for index in range(count)]


def divide(source: dict[str, Reviews], seed: int = 1) -> splits.Splits:
    return splits.divide(source, RECIPE, seed, "reviews.csv")


def test_a_source_with_a_test_split_keeps_it_whole() -> None:
    test = reviews(numbered("bad test", 30), numbered("good test", 30))
    parts = divide({"train": reviews(numbered("bad", 500), numbered("good", 500)), "test": test})
    assert parts.test.texts == test.texts
    assert len(parts.train) + len(parts.validation) == 1000


def test_a_source_without_one_gets_one_with_the_same_share_of_each_class() -> None:
    parts = divide({"train": reviews(numbered("bad", 300), numbered("good", 100))})
    assert np.bincount(parts.test.labels).tolist() == [60, 20]
    assert np.bincount(parts.validation.labels).tolist() == [24, 8]


def test_the_same_seed_gives_the_same_parts_and_another_seed_others() -> None:
    source = {"train": reviews(numbered("bad", 300), numbered("good", 300))}
    first, again, other = divide(source), divide(source), divide(source, seed=2)
    assert first.validation.texts == again.validation.texts
    assert first.test.texts == again.test.texts
    assert first.validation.texts != other.validation.texts
    assert splits.fingerprint(first) == splits.fingerprint(again) != splits.fingerprint(other)


def test_validation_is_blocks_of_about_a_hundred_neighbours() -> None:
    source = {
        "train": reviews(numbered("bad", 5000), numbered("good", 5000)),
        "test": reviews(numbered("bad test", 20), numbered("good test", 20)),
    }
    parts = divide(source)
    for label, word in ((0, "bad"), (1, "good")):
        rows = [
            int(text.removeprefix(word))
            for text, own in zip(parts.validation.texts, parts.validation.labels, strict=True)
            if own == label
        ]
        assert len(rows) == 500
        starts = [row for row in rows if row - 1 not in rows]
        assert 1 <= len(starts) <= 5
    assert np.bincount(parts.validation.labels).tolist() == [500, 500]


def test_texts_of_test_are_dropped_from_every_other_part_and_counted() -> None:
    shared = "The  SAME words\nagain"
    train = reviews([*numbered("bad", 100), shared], numbered("good", 100))
    test = reviews(numbered("bad test", 20), [*numbered("good test", 20), "the same words again"])
    unlabelled = reviews([], [], ["fresh", shared])
    parts = divide({"train": train, "test": test, "unsupervised": unlabelled})
    assert shared not in parts.train.texts + parts.validation.texts
    assert parts.unlabelled == ["fresh"]
    assert "the same words again" in parts.test.texts
    assert "1 texts dropped from train: they also stand in test" in parts.notes
    assert "1 texts dropped from unlabelled: they also stand in test" in parts.notes


@pytest.mark.parametrize("seed", range(5))
def test_duplicates_never_straddle_train_and_validation(seed: int) -> None:
    twice = numbered("bad", 150) * 2
    source = {
        "train": reviews(twice, numbered("good", 300)),
        "test": reviews(numbered("bad test", 20), numbered("good test", 20)),
    }
    parts = divide(source, seed)
    assert not set(parts.train.texts) & set(parts.validation.texts)


def test_unlabelled_reviews_are_kept_but_for_those_of_test() -> None:
    train = reviews(numbered("bad", 100), numbered("good", 100), ["unlabelled in train"])
    test = reviews(numbered("bad test", 20), numbered("good test", 20), ["unlabelled in test"])
    parts = divide({"train": train, "test": test})
    assert parts.unlabelled == ["unlabelled in train"]
    assert UNLABELLED not in parts.test.labels


def test_a_source_with_a_validation_split_keeps_it_but_for_texts_of_test() -> None:
    source = {
        "train": reviews(numbered("bad", 100), numbered("good", 100)),
        "validation": reviews([*numbered("bad own", 20), "bad test 3"], numbered("good own", 20)),
        "test": reviews(numbered("bad test", 20), numbered("good test", 20)),
    }
    parts = divide(source)
    assert parts.validation.texts == numbered("bad own", 20) + numbered("good own", 20)
    assert len(parts.train) == 200


def test_dropped_rows_are_said() -> None:
    source = reviews(numbered("bad", 100), numbered("good", 100))
    parts = divide({"train": Reviews(source.texts, source.labels, dropped=7)})
    assert parts.notes[0] == "207 rows in train, 7 dropped without text or label"


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ({"data": reviews(["a"], ["b"])}, "expected a split named 'train', found data"),
        ({"train": reviews(numbered("bad", 50), [])}, "found 50 negative and 0 positive"),
        (
            {"train": reviews(numbered("bad", 3), numbered("good", 3))},
            "at least 10 reviews of each",
        ),
        (
            {"train": reviews(["same"] * 50, ["same too"] * 50)},
            "expected at least 1 reviews of each class",
        ),
    ],
    ids=["no train split", "one class", "too few rows", "all duplicates"],
)
def test_what_cannot_be_divided_is_one_sentence(source: dict[str, Reviews], sentence: str) -> None:
    with pytest.raises(SentimentError) as error:
        divide(source)
    assert sentence in str(error.value)
    assert "reviews.csv" in str(error.value)
