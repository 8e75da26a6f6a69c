from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment import SentimentClassifier
from sentiment.explanation import weigh_spans


@pytest.fixture(scope="module")
def loaded(bundle_folder: Path) -> SentimentClassifier:
    return SentimentClassifier.load(bundle_folder)


def test_words_that_praise_weigh_up_and_words_that_pan_weigh_down(
    loaded: SentimentClassifier,
) -> None:
    weights = dict(loaded.explain("The plot is superb, the end dreadful."))
    assert weights["superb"] > 0 > weights["dreadful"]
    assert abs(weights["plot"]) < min(weights["superb"], -weights["dreadful"])
    assert weights[", "] == 0


@pytest.mark.parametrize("text", ["", "  ", "...", "<br />"])
def test_a_text_without_words_weighs_nothing(loaded: SentimentClassifier, text: str) -> None:
    assert loaded.explain(text) == ([(text, 0.0)] if text else [])


@given(st.text(st.characters(exclude_categories=())))
def test_the_spans_join_to_the_text_that_was_typed(loaded: SentimentClassifier, text: str) -> None:
    pieces = loaded.explain(text)
    assert "".join(piece for piece, _ in pieces) == text
    assert all(np.isfinite(weight) for _, weight in pieces)


def test_html_accents_and_emoji_keep_their_spelling(loaded: SentimentClassifier) -> None:
    text = "Caf\u00e9:<br />a\u00a0GEM &amp; \ufb01lm\U0001f600 don\u2019t"
    pieces = [piece for piece, _ in loaded.explain(text)]
    assert "".join(pieces) == text
    assert {"GEM", "don\u2019t", "\ufb01lm", "\U0001f600"} <= set(pieces)


def test_a_weight_is_the_change_of_the_logit_without_the_word(
    loaded: SentimentClassifier,
) -> None:
    def logit(text: str) -> float:
        positive = loaded.predict(text).positive
        return float(np.log(positive / (1 - positive)))

    weights = dict(loaded.explain("superb plot dull end"))
    assert weights["dull"] == pytest.approx(
        logit("superb plot dull end") - logit("superb plot end"), abs=1e-3
    )


def test_of_a_long_text_the_words_that_matter_in_their_context_are_weighed() -> None:
    """A model whose logit counts word 7: all of them are found among many others."""

    def classify(texts: list[np.ndarray]) -> np.ndarray:
        return np.array([1 / (1 + np.exp(-0.1 * (ids == 7).sum())) for ids in texts])

    ids = np.full(500, 3)
    ids[[10, 250, 499]] = 7
    offsets = [(2 * n, 2 * n + 1) for n in range(500)]
    weighed = weigh_spans(ids, offsets, classify, exact=20)
    found = [n for n, (_, weight) in enumerate(weighed) if weight > 0.01]
    assert found == [10, 250, 499]
    assert [span for span, _ in weighed] == offsets
