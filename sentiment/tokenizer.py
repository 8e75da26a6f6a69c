"""Text to token ids, with the `tokenizers` library; all of it is stored in tokenizer.json.

    tokenizer = train(texts, recipe)
    tokenizer.encode(printable("A gem, 9/10!")).ids

`Tokenizer.from_pretrained(repo).encode(text).ids` gives the same ids with nothing of this project.
"""

import re
from collections.abc import Iterable

import numpy as np
from tokenizers import Regex, Tokenizer, normalizers, pre_tokenizers
from tokenizers.models import WordLevel
from tokenizers.trainers import WordLevelTrainer

from sentiment.recipe import TokenizerRecipe

PADDING, UNKNOWN = "[PAD]", "[UNK]"  # ids 0 and 1
PADDING_ID, UNKNOWN_ID = 0, 1

# Cleaning, in order. Every pattern is bounded, so that no text takes more than linear time.
_TAG = r"(?:<|&lt;)/?[a-zA-Z][^<>]{0,80}?(?:>|&gt;)"  # <br />, also when escaped
_APOSTROPHE = r"&(?:#0?39|#x27|#821[67]|apos|[lr]squo);|[\x{91}\x{92}\x{2018}\x{2019}`\x{B4}]"
_ENTITY = r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,9});"

# What counts as a token, first match first; everything between tokens is dropped.
_TOKEN = "|".join(
    (
        r"\d{1,4}(?:\.\d{1,2})?/\d{1,4}",  # a rating: 8/10, 7.5/10
        r"\*{1,10}",  # stars
        r"[a-f][+-](?![\p{L}\p{N}])",  # a grade: b+, c-
        r"[\p{L}\p{N}\p{M}]+(?:'(?!s(?![\p{L}\p{N}]))[\p{L}\p{N}]+)*",  # a word: don't, o'brien
        r"'s(?![\p{L}\p{N}])",  # the rest of film's, it's
        r"[:;=]-?[()dp](?![\p{L}\p{N}])",  # an emoticon
        r"[!?]",
        r"[\p{So}\p{Sk}]",  # an emoji
    )
)


_SURROGATE = re.compile("[\ud800-\udfff]")


def train(texts: Iterable[str], recipe: TokenizerRecipe) -> Tokenizer:
    """Build the vocabulary: the most frequent tokens of the texts, alphabetical among equals.

    Args:
        texts: train and unlabelled reviews, never test.
        recipe: `vocabulary_size` counts padding and unknown.
    """
    tokenizer = _pipeline(WordLevel({UNKNOWN: 0}, unk_token=UNKNOWN))
    # No special tokens: as added tokens they would be recognised in what a user types.
    trainer = WordLevelTrainer(
        vocab_size=recipe.vocabulary_size - 2, special_tokens=[], show_progress=False
    )
    tokenizer.train_from_iterator((printable(text) for text in texts), trainer)
    ranked = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    words = [PADDING, UNKNOWN, *(word for word, _ in ranked)]
    vocabulary = {word: index for index, word in enumerate(words)}
    tokenizer = _pipeline(WordLevel(vocabulary, unk_token=UNKNOWN))
    tokenizer.enable_truncation(recipe.max_tokens, direction=recipe.truncation)
    return tokenizer


def printable(text: str) -> str:
    """The text with every lone surrogate, which the library refuses, replaced by U+FFFD."""
    if not isinstance(text, str):
        raise TypeError(f"expected str, found {type(text).__name__}")
    return _SURROGATE.sub("\ufffd", text)


def encode_batch(tokenizer: Tokenizer, texts: Iterable[str]) -> list[np.ndarray]:
    """Token ids of each text, int32 arrays without padding."""
    encodings = tokenizer.encode_batch_fast([printable(text) for text in texts])
    return [np.array(encoding.ids, dtype=np.int32) for encoding in encodings]


def _pipeline(model: WordLevel) -> Tokenizer:
    tokenizer = Tokenizer(model)
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(_TAG), " "),
            normalizers.Replace(Regex(_APOSTROPHE), "'"),
            normalizers.Replace(Regex(_ENTITY), " "),
            normalizers.NFKD(),
            normalizers.StripAccents(),
            normalizers.Lowercase(),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(_TOKEN), behavior="removed", invert=True)
    return tokenizer
