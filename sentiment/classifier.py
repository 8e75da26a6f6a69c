"""The one serving path: text in, calibrated predictions out, through ONNX Runtime.

classifier = SentimentClassifier.load("bundle")     # a folder, or "you/imdb-lstm@v1.0"
classifier.predict("A gem.").label                  # "positive"
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self, overload

import numpy as np
import onnxruntime as ort
from tokenizers import Tokenizer

from sentiment import bundle, hub
from sentiment.batching import batches_by_length, pad
from sentiment.data import LABELS
from sentiment.errors import SentimentError
from sentiment.explanation import EXACT, weigh_spans
from sentiment.tokenizer import UNKNOWN_ID, printable

CHUNK = 1024  # texts that are tokenized together, at most
CHUNK_CHARACTERS = 4_000_000  # and their length, unless one alone is longer
BATCH_TOKENS = 16 * 1024  # padded tokens that the model reads together


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the model makes of one text.

    Attributes:
        positive: calibrated probability of "positive"; 0.5 for a text without tokens.
        tokens: how many tokens the model read.
        unknown: how many of those are outside the vocabulary.
        truncated: whether the text was longer than the model reads.
    """

    positive: float
    tokens: int
    unknown: int
    truncated: bool

    @property
    def label(self) -> str:
        """The likelier label, "positive" or "negative"."""
        return LABELS[int(self.positive >= 0.5)]

    @property
    def confidence(self) -> float:
        """The calibrated probability of `label`."""
        return max(self.positive, 1.0 - self.positive)


class SentimentClassifier:
    """A loaded bundle. Safe to use from several threads."""

    def __init__(
        self, tokenizer: Tokenizer, session: ort.InferenceSession, manifest: bundle.Manifest
    ) -> None:
        self.manifest = manifest
        self._tokenizer = tokenizer
        self._session = session

    @classmethod
    def load(cls, model: str | Path) -> Self:
        """Load a bundle from a folder or from the Hub, every file checked against its manifest.

        Args:
            model: a folder, "you/imdb-lstm", or "you/imdb-lstm@revision".

        Raises:
            SentimentError: nothing there, or a file is missing, damaged or of another model.
        """
        folder = Path(model) if model and Path(model).is_dir() else hub.fetch(str(model))
        manifest = bundle.read_manifest(folder)
        onnx = bundle.read_verified(folder, manifest, bundle.ONNX)
        tokenizer = Tokenizer.from_buffer(bundle.read_verified(folder, manifest, bundle.TOKENIZER))
        session = ort.InferenceSession(onnx, providers=["CPUExecutionProvider"])
        rows = session.get_modelmeta().custom_metadata_map.get("vocabulary_size")
        words = tokenizer.get_vocab_size()
        if not rows == str(words) == str(manifest.vocabulary_size):
            raise SentimentError(
                f"{folder}: {bundle.TOKENIZER} holds {words} words, {bundle.ONNX} has {rows} "
                f"embedding rows and {bundle.MANIFEST} says {manifest.vocabulary_size}; they come "
                "from different models"
            )
        return cls(tokenizer, session, manifest)

    @overload
    def predict(self, texts: str) -> Prediction: ...  # type: ignore[overload-overlap]  # a str is tried first
    @overload
    def predict(self, texts: Sequence[str]) -> list[Prediction]: ...
    def predict(self, texts: str | Sequence[str]) -> Prediction | list[Prediction]:
        """Classify one text, or many in order; memory does not grow beyond the results."""
        if isinstance(texts, str):
            return self._predict_chunk([printable(texts)])[0]
        return [
            prediction
            for chunk in _chunks(map(printable, texts))
            for prediction in self._predict_chunk(chunk)
        ]

    def explain(self, text: str, exact: int = EXACT) -> list[tuple[str, float]]:
        """How far each word pulled the answer, by leaving it out (see `explanation`).

        Args:
            exact: how many words are left out of the whole text; the others weigh 0.

        Returns:
            Pieces that join to the text, each with the change of the logit of "positive" that it
            makes: above 0 up, below 0 down, 0 for what stands between the words.
        """
        encoding = self._tokenizer.encode(printable(text))
        ids = np.array(encoding.ids, dtype=np.int32)
        pieces, end = [], 0
        for (start, stop), weight in weigh_spans(ids, encoding.offsets, self._classify, exact):
            pieces += [(text[end:start], 0.0), (text[start:stop], weight)]
            end = stop
        return [(piece, weight) for piece, weight in [*pieces, (text[end:], 0.0)] if piece]

    def _predict_chunk(self, texts: list[str]) -> list[Prediction]:
        encodings = self._tokenizer.encode_batch_fast(texts)
        ids = [np.array(encoding.ids, dtype=np.int32) for encoding in encodings]
        return [
            Prediction(
                positive=float(probability),
                tokens=len(sequence),
                unknown=int((sequence == UNKNOWN_ID).sum()),
                truncated=bool(encoding.overflowing),
            )
            for probability, sequence, encoding in zip(
                self._classify(ids), ids, encodings, strict=True
            )
        ]

    def _classify(self, ids: list[np.ndarray]) -> np.ndarray:
        """Token ids of N texts to probabilities of positive (N,), 0.5 where there are none."""
        lengths = np.array([len(sequence) for sequence in ids])  # (N,)
        positive = np.full(len(ids), 0.5)  # (N,)
        readable = np.flatnonzero(lengths)
        for batch in batches_by_length(lengths[readable], BATCH_TOKENS):
            chosen = readable[batch]
            feed = {"ids": pad([ids[i] for i in chosen])}  # (B, T)
            positive[chosen] = self._session.run(["positive"], feed)[0]
        return positive


def _chunks(texts: Iterable[str]) -> Iterator[list[str]]:
    chunk: list[str] = []
    characters = 0
    for text in texts:
        if chunk and (len(chunk) == CHUNK or characters + len(text) > CHUNK_CHARACTERS):
            yield chunk
            chunk, characters = [], 0
        chunk.append(text)
        characters += len(text)
    if chunk:
        yield chunk
