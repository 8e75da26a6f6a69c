import re

import pytest

from sentiment import Prediction
from sentiment.presentation import EXAMPLES, highlighted, verdict_and_bars


def prediction(positive: float, tokens: int = 5) -> Prediction:
    return Prediction(positive=positive, tokens=tokens, unknown=0, truncated=False)


@pytest.mark.parametrize(
    ("positive", "verdict"),
    [
        (0.8, "Positive, with 80% confidence"),
        (0.2, "Negative, with 80% confidence"),
        (0.9999, "Positive, with over 99% confidence"),
        (0.5, "Positive, with 50% confidence"),
    ],
)
def test_the_verdict_tells_the_confidence_in_its_own_label(positive: float, verdict: str) -> None:
    assert verdict in verdict_and_bars(prediction(positive))


def test_nothing_to_read_has_no_verdict() -> None:
    assert "Nothing to read yet" in verdict_and_bars(prediction(0.5, tokens=0))


@pytest.mark.parametrize("positive", [0.0, 0.123, 0.9])
def test_the_bars_keep_their_places_and_add_up(positive: float) -> None:
    html = verdict_and_bars(prediction(positive))
    bars = re.findall(r'aria-label="(\w+)".*?aria-valuenow="([\d.]+)"', html)
    assert [name for name, _ in bars] == ["positive", "negative"]
    assert float(bars[0][1]) == pytest.approx(100 * positive, abs=0.05)
    assert float(bars[0][1]) + float(bars[1][1]) == pytest.approx(100, abs=0.11)


@pytest.mark.parametrize(
    ("tokens", "unknown", "truncated", "note"),
    [
        (1024, 20, True, "it read 1,024 tokens of it"),
        (10, 4, False, "does not know 4 of the 10 words it read; perhaps this is not English"),
        (2, 0, False, "Very short"),
        (10, 3, False, None),
        (0, 0, False, None),
    ],
)
def test_a_note_tells_when_the_answer_deserves_less_trust(
    tokens: int, unknown: int, truncated: bool, note: str | None
) -> None:
    html = verdict_and_bars(Prediction(0.8, tokens, unknown, truncated))
    assert html.count('class="note"') == (note is not None)
    assert note is None or note in html


def test_words_are_coloured_by_their_pull_and_escaped() -> None:
    html = highlighted([("<b>", 4.0), (" & ", 0.0), ("dull", -2.0), ("end", 0.3)])
    assert '<mark class="positive" style="--pull:1.00">&lt;b&gt;</mark> &amp; ' in html
    assert '<mark class="negative" style="--pull:0.50">dull</mark>end</p>' in html


def test_a_weak_pull_stays_faint_and_none_shows_nothing() -> None:
    assert 'class="positive" style="--pull:0.20"' in highlighted([("meh", 0.2)])
    assert highlighted([("...", 0.0)]) == highlighted([]) == ""


def test_examples_are_named_short_and_all_different() -> None:
    assert len(set(EXAMPLES.values())) == len(EXAMPLES) == 8
    assert all(len(text) < 250 for text in EXAMPLES.values())
