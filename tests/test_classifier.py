import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment import Prediction, SentimentClassifier, bundle, classifier


@pytest.fixture(scope="module")
def loaded(bundle_folder: Path) -> SentimentClassifier:
    return SentimentClassifier.load(bundle_folder)


def test_it_tells_good_from_bad(loaded: SentimentClassifier) -> None:
    good, bad = loaded.predict(["superb, a gem, moving", "dull, a mess, boring"])
    assert (good.label, bad.label) == ("positive", "negative")
    assert good.confidence == good.positive > 0.5
    assert bad.confidence == 1 - bad.positive > 0.5


def test_one_text_gives_one_prediction_and_a_list_gives_a_list(loaded: SentimentClassifier) -> None:
    assert isinstance(loaded.predict("superb"), Prediction)
    assert loaded.predict(["superb"]) == [loaded.predict("superb")]
    assert loaded.predict([]) == []
    assert loaded.predict(("superb", "dull")) == loaded.predict(["superb", "dull"])


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "...", "<br />", "\u200b"])
def test_a_text_without_tokens_is_undecided(loaded: SentimentClassifier, text: str) -> None:
    assert loaded.predict(text) == Prediction(positive=0.5, tokens=0, unknown=0, truncated=False)


def test_tokens_unknown_words_and_truncation_are_told(loaded: SentimentClassifier) -> None:
    prediction = loaded.predict("the film zzz qqq")
    assert (prediction.tokens, prediction.unknown, prediction.truncated) == (4, 2, False)
    assert loaded.predict("film " * 40).truncated is False
    long = loaded.predict("film " * 41)
    assert (long.tokens, long.truncated) == (40, True)


def test_results_keep_the_order_of_the_texts_over_chunks_and_lengths(
    loaded: SentimentClassifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [f"{'superb ' * (n % 7)}the film {'dull ' * (n % 5)}" for n in range(100)]
    texts[13] = ""
    expected = [loaded.predict(text) for text in texts]
    monkeypatch.setattr(classifier, "CHUNK", 7)
    monkeypatch.setattr(classifier, "BATCH_TOKENS", 16)
    for prediction, alone in zip(loaded.predict(texts), expected, strict=True):
        assert prediction.positive == pytest.approx(alone.positive, abs=1e-5)
        assert prediction.tokens == alone.tokens


def test_neighbours_in_a_batch_change_nothing_beyond_the_stated_bound(
    loaded: SentimentClassifier, bundle_folder: Path
) -> None:
    bound = bundle.read_manifest(bundle_folder).bounds["batch"]
    for text in ("superb", "the plot, dull", "zzz"):
        alone = loaded.predict(text).positive
        beside = loaded.predict([text, "the film " * 500])[0].positive
        assert beside == pytest.approx(alone, abs=bound)


@given(st.lists(st.text(st.characters(exclude_categories=())), max_size=5))
def test_any_strings_are_classified(loaded: SentimentClassifier, texts: list[str]) -> None:
    predictions = loaded.predict(texts)
    assert len(predictions) == len(texts)
    for prediction in predictions:
        assert 0 <= prediction.positive <= 1
        assert 0.5 <= prediction.confidence <= 1
        assert prediction.unknown <= prediction.tokens <= 40


def test_long_texts_are_tokenized_a_few_at_a_time(
    loaded: SentimentClassifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = ["superb " * 20, "dull", "", "a mess " * 30, "superb"] * 3
    expected = loaded.predict(texts)
    monkeypatch.setattr(classifier, "CHUNK_CHARACTERS", 100)
    sizes = [sum(map(len, chunk)) for chunk in classifier._chunks(texts)]
    assert len(sizes) > 5
    assert max(sizes) <= max(map(len, texts))
    for prediction, before in zip(loaded.predict(texts), expected, strict=True):
        assert prediction.positive == pytest.approx(before.positive, abs=1e-5)


def test_a_megabyte_is_classified(loaded: SentimentClassifier) -> None:
    assert loaded.predict("superb " * 150_000).truncated


def test_what_is_not_text_is_refused(loaded: SentimentClassifier) -> None:
    with pytest.raises(TypeError, match="expected str, found float"):
        loaded.predict([float("nan")])  # type: ignore[list-item]  # the mistake under test


def test_threads_share_one_classifier(loaded: SentimentClassifier) -> None:
    texts = ["superb the film", "a mess", "the plot " * 30]
    expected = loaded.predict(texts)
    results: list[list[Prediction]] = []
    threads = [
        threading.Thread(target=lambda: results.extend(loaded.predict(texts) for _ in range(20)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 80
    assert all(result == expected for result in results)
