import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sentiment import word_vectors
from sentiment.errors import SentimentError

VOCABULARY = {"[PAD]": 0, "[UNK]": 1, "good": 2, "bad": 3, "rare": 4}


@pytest.mark.parametrize("header", ["", "3 2\n"], ids=["GloVe", "word2vec"])
def test_a_text_file_fills_the_rows_of_the_words_it_holds(tmp_path: Path, header: str) -> None:
    path = tmp_path / "vectors.txt"
    path.write_text(header + "good 1 2\nbad -1 -2\nelse where 5 5\n\n")
    embedding = word_vectors.read_text_file(path, VOCABULARY, width=2, seed=1)
    assert embedding.shape == (5, 2)
    assert embedding.dtype == np.float32
    assert not embedding[0].any()
    np.testing.assert_allclose(embedding[2], -embedding[3])
    np.testing.assert_allclose(embedding[2, 1], 2 * embedding[2, 0], rtol=1e-6)
    assert embedding[4].any()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("good 1 2\nbad 1\n", "line 2 holds fewer numbers than the recipe's embedding_width, 2"),
        ("good 1 nan\n", "vectors that are not finite"),
        ("good 1 two\n", "line 1 is not a word and its numbers"),
        ("elsewhere 1 2\n", "holds no word of the vocabulary"),
    ],
)
def test_a_wrong_file_is_one_sentence(tmp_path: Path, content: str, sentence: str) -> None:
    path = tmp_path / "vectors.txt"
    path.write_text(content)
    with pytest.raises(SentimentError) as error:
        word_vectors.read_text_file(path, VOCABULARY, width=2, seed=1)
    assert sentence in str(error.value)
    assert str(path) in str(error.value)


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SentimentError, match="word vectors cannot be read"):
        word_vectors.read_text_file(tmp_path / "none.txt", VOCABULARY, width=2, seed=1)


def test_word2vec_is_the_same_in_every_process_and_brings_company_together() -> None:
    program = (
        "import hashlib, numpy as np; from sentiment import word_vectors\n"
        "rng = np.random.default_rng(0)\n"
        "texts = [rng.integers(2, 42, 20) + 40 * (n % 2) for n in range(2000)]\n"
        "v = word_vectors.train_word2vec(texts, 90, 8, seed=1)\n"
        "unit = v[2:82] / np.linalg.norm(v[2:82], axis=1, keepdims=True)\n"
        "alike = unit @ unit.T\n"
        "print(hashlib.sha256(v.tobytes()).hexdigest(), v.shape, not v[0].any(),\n"
        "      alike[:40, :40].mean() > alike[:40, 40:].mean() + 0.2)\n"
    )
    root = Path(__file__).parents[1]
    first, second = (
        subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, cwd=root, check=True
        ).stdout
        for _ in range(2)
    )
    assert first == second
    assert first.split(" ", 1)[1].strip() == "(90, 8) True True"
