"""A recipe: everything that defines a trained system, as a TOML file.

    recipe = Recipe.load("recipes/default.toml")

The defaults below exist only here; a recipe file states what differs from them.
"""

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, Self, get_args, get_origin, get_type_hints

from sentiment.errors import SentimentError


def number(default: float, low: float, high: float) -> Any:
    """A dataclass field whose value must lie in [low, high]."""
    return field(default=default, metadata={"low": low, "high": high})


@dataclass(frozen=True)
class DataRecipe:
    """How reviews are divided; a source with splits of its own keeps its test split."""

    validation_fraction: float = number(0.1, 0.01, 0.5)
    test_fraction: float = number(0.2, 0.01, 0.5)  # cut only where the source has no test split


@dataclass(frozen=True)
class TokenizerRecipe:
    """What `tokenizer.train` builds."""

    vocabulary_size: int = number(30_000, 3, 10**7)  # padding and unknown included
    max_tokens: int = number(1024, 1, 10**6)
    truncation: Literal["left", "right"] = "right"  # the end that is cut off


@dataclass(frozen=True)
class ModelRecipe:
    """What `model.build_model` builds."""

    embedding_width: int = number(200, 1, 10**5)
    word_vectors: str = "none"  # "none", "word2vec" (trained here) or a GloVe or word2vec text file
    word_vectors_std: float = number(0.4, 0.001, 100.0)  # what their entries are scaled to
    cell: Literal["lstm", "gru"] = "lstm"
    units: int = number(128, 1, 10**5)  # per direction
    layers: int = number(1, 1, 8)
    bidirectional: bool = True
    spatial_dropout: float = number(0.0, 0.0, 0.95)  # of whole embedding channels
    recurrent_dropout: float = number(0.0, 0.0, 0.95)  # above 0 costs cuDNN its fast path
    pooling: Literal["last", "max", "mean"] = "max"
    dropout: float = number(0.0, 0.0, 0.95)  # of the pooled vector


@dataclass(frozen=True)
class TrainingRecipe:
    """How `fitting.fit` fits."""

    optimizer: Literal["adam", "adamw", "rmsprop", "sgd"] = "adam"
    learning_rate: float = number(0.001, 1e-8, 10.0)
    schedule: Literal["constant", "cosine"] = "constant"  # cosine decays to zero over all epochs
    clipnorm: float = number(0.0, 0.0, 1e6)  # bound on each gradient's norm; 0 for none
    batch_size: int = number(32, 1, 10**6)
    epochs: int = number(10, 1, 10**6)
    early_stopping: int = number(0, 0, 10**6)  # epochs without a better validation; 0 for never
    adversarial_norm: float = number(0.0, 0.0, 1e6)  # of each review's perturbation; 0 for none
    label_smoothing: float = number(0.0, 0.0, 0.5)


@dataclass(frozen=True)
class Recipe:
    """One trained system."""

    seed: int = number(1, 0, 2**31 - 1)
    data: DataRecipe = DataRecipe()
    tokenizer: TokenizerRecipe = TokenizerRecipe()
    model: ModelRecipe = ModelRecipe()
    training: TrainingRecipe = TrainingRecipe()

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a TOML file.

        Raises:
            SentimentError: naming the file, the key, what was expected and what was found.
        """
        try:
            values = tomllib.loads(Path(path).read_text(encoding="utf-8-sig"))
        except FileNotFoundError:
            raise SentimentError(
                f"{path}: no such recipe; the shipped ones are in recipes/"
            ) from None
        except (OSError, ValueError) as error:
            raise SentimentError(f"{path}: not a readable TOML file ({error})") from None
        return cls.from_dict(values, where=str(path))

    @classmethod
    def from_dict(cls, values: dict[str, Any], where: str = "recipe") -> Self:
        """Validate nested plain values; raises SentimentError as `load` does."""
        recipe: Self = _build(cls, values, where)
        return recipe

    def to_dict(self) -> dict[str, Any]:
        """Nested plain values, every default spelled out."""
        return asdict(self)


def _build(kind: Any, values: Any, where: str) -> Any:
    if not isinstance(values, dict):
        raise SentimentError(f"{where}: expected a table of keys, found {values!r}")
    hints = get_type_hints(kind)
    for key in values:
        if key not in hints:
            near = difflib.get_close_matches(key, hints, n=1, cutoff=0.5)
            hint = f"did you mean '{near[0]}'?" if near else f"the keys here are {', '.join(hints)}"
            raise SentimentError(f"{where}: unknown key '{key}'; {hint}")
    metadata = {known.name: known.metadata for known in fields(kind)}
    return kind(
        **{
            key: _build(hints[key], value, f"{where}: [{key}]")
            if is_dataclass(hints[key])
            else _check(value, hints[key], metadata[key], f"{where}: {key}")
            for key, value in values.items()
        }
    )


def _check(value: Any, expected: Any, metadata: Mapping[str, float], where: str) -> Any:
    if get_origin(expected) is Literal:
        choices = get_args(expected)
        if value not in choices:
            near = difflib.get_close_matches(str(value), choices, n=1)
            hint = f"; did you mean '{near[0]}'?" if near else ""
            raise SentimentError(
                f"{where}: expected one of {', '.join(choices)}, found {value!r}{hint}"
            )
        return value
    kinds = (int, float) if expected is float else (expected,)
    if type(value) not in kinds:  # isinstance would take True for a number
        raise SentimentError(f"{where}: expected {_TYPES[expected]}, found {value!r}")
    if metadata and not metadata["low"] <= value <= metadata["high"]:
        raise SentimentError(
            f"{where}: expected {metadata['low']:g} to {metadata['high']:g}, found {value!r}"
        )
    return expected(value)


_TYPES = {int: "a whole number", float: "a number", bool: "true or false", str: "a text"}
