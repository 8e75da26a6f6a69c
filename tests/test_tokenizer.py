import time
from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from sentiment import tokenizer
from sentiment.recipe import TokenizerRecipe

WORDS = "don't miss it , 8/10 ! a gem b+ *** the film 's cafe naive ? :) 7.5/10 o'brien 1980s"
GOLDEN = [[10, 15, 7, 2], [13, 17, 20, 14, 3, 12], [1, 9, 9, 9]]


@pytest.fixture(scope="module")
def words() -> Tokenizer:
    return tokenizer.train([WORDS], TokenizerRecipe(vocabulary_size=100, max_tokens=12))


def tokens(words: Tokenizer, text: str) -> list[str]:
    return words.encode(tokenizer.printable(text)).tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \t\n", []),
        ("...,;", []),
        ("A GEM", ["a", "gem"]),
        ("Don't miss it!!", ["don't", "miss", "it", "!", "!"]),
        ("Don\u2019t", ["don't"]),
        ("Don\x92t", ["don't"]),
        ("don&#39;t &amp; 8/10", ["don't", "8/10"]),
        ("the film's", ["the", "film", "'s"]),
        ("the<br /><br />film", ["the", "film"]),
        ("the&lt;br /&gt;film", ["the", "film"]),
        ("caf\u00e9 na\u00efve", ["cafe", "naive"]),
        ("7.5/10 b+ *** :)", ["7.5/10", "b+", "***", ":)"]),
        ("O'Brien 1980s", ["o'brien", "1980s"]),
        ("5 < 6 and <3", ["[UNK]"] * 4),
        ("\U0001f600\u2764\ufe0f", ["[UNK]", "[UNK]"]),
        ("\u597d\u770b \u0645\u0631\u062d\u0628\u0627", ["[UNK]", "[UNK]"]),
        ("\ud800gem", ["[UNK]", "gem"]),
        ("a\x00gem\x1b", ["a", "gem"]),
        ("[PAD][UNK]", ["[UNK]", "[UNK]"]),
    ],
)
def test_what_counts_as_a_token(words: Tokenizer, text: str, expected: list[str]) -> None:
    assert tokens(words, text) == expected


def test_golden_ids(words: Tokenizer) -> None:
    """The ids are what a trained embedding hangs on: they may not move by accident."""
    texts = ["a gem, 8/10!", "Don\u2019t miss the film\u2019s caf\u00e9", "zzz <br/> ???"]
    ids = [sequence.tolist() for sequence in tokenizer.encode_batch(words, texts)]
    assert ids == GOLDEN


def test_padding_is_0_and_unknown_is_1_and_neither_can_be_typed(words: Tokenizer) -> None:
    vocabulary = words.get_vocab()
    assert vocabulary[tokenizer.PADDING] == tokenizer.PADDING_ID == 0
    assert vocabulary[tokenizer.UNKNOWN] == tokenizer.UNKNOWN_ID == 1
    assert sorted(vocabulary.values()) == list(range(len(vocabulary)))
    assert words.encode("[PAD] [UNK] [pad]").ids == [1, 1, 1]


def test_offsets_lead_back_to_what_was_typed(words: Tokenizer) -> None:
    text = "The <br />caf\u00e9: Don\u2019t &amp; O\u2019Brien\u2019s 8/10"
    spans = [text[start:end] for start, end in words.encode(text).offsets]
    assert spans[:3] == ["The", "caf\u00e9", "Don\u2019t"]
    assert spans[3:] == ["O\u2019Brien", "\u2019s", "8/10"]


@pytest.mark.parametrize(("side", "kept"), [("right", ["a", "gem"]), ("left", ["the", "film"])])
def test_truncation_is_stored_in_the_file(side: Literal["left", "right"], kept: list[str]) -> None:
    recipe = TokenizerRecipe(vocabulary_size=100, max_tokens=2, truncation=side)
    stored = Tokenizer.from_str(tokenizer.train([WORDS], recipe).to_str())
    encoding = stored.encode("a gem the film")
    assert encoding.tokens == kept
    assert encoding.overflowing


def test_the_vocabulary_is_the_most_frequent_words_in_a_fixed_order() -> None:
    recipe = TokenizerRecipe(vocabulary_size=5, max_tokens=10)
    built = tokenizer.train(["b b b", "d c a a c d"], recipe)
    assert built.get_vocab() == {"[PAD]": 0, "[UNK]": 1, "b": 2, "a": 3, "c": 4}


@given(st.text(st.characters(exclude_categories=())))
def test_any_string_is_encoded_the_same_alone_and_in_a_batch(words: Tokenizer, text: str) -> None:
    alone = words.encode(tokenizer.printable(text))
    assert len(alone.ids) <= 12
    assert all(0 <= start <= end <= len(text) for start, end in alone.offsets)
    (batched,) = tokenizer.encode_batch(words, [text])
    assert batched.dtype == np.int32
    assert batched.tolist() == alone.ids


@pytest.mark.parametrize("unit", ["<", "<a", "&lt;", "&", "a", "a'", "*", "1/", "!", "\u0301"])
def test_a_megabyte_of_anything_takes_linear_time(words: Tokenizer, unit: str) -> None:
    started = time.perf_counter()
    words.encode(unit * (1_000_000 // len(unit)))
    assert time.perf_counter() - started < 10  # quadratic time would take minutes
