import dataclasses
from pathlib import Path

import pytest

from sentiment.errors import SentimentError
from sentiment.recipe import Recipe

RECIPES = sorted((Path(__file__).parents[1] / "recipes").glob("*.toml"))


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_a_recipe_survives_the_way_through_a_bundle(path: Path) -> None:
    recipe = Recipe.load(path)
    assert Recipe.from_dict(recipe.to_dict()) == recipe


def test_lstm64_is_the_published_configuration() -> None:
    recipe = Recipe.load(RECIPES[0].with_name("lstm64.toml"))
    model, training = recipe.model, recipe.training
    assert (recipe.tokenizer.vocabulary_size, model.embedding_width, model.units) == (
        10000,
        128,
        64,
    )
    assert (recipe.tokenizer.max_tokens, recipe.tokenizer.truncation) == (500, "right")
    assert (training.optimizer, training.learning_rate, training.clipnorm) == ("adam", 0.001, 0.1)
    assert (training.batch_size, training.epochs, recipe.data.validation_fraction) == (32, 20, 0.2)
    assert (model.layers, model.bidirectional, model.pooling) == (1, False, "last")


def test_gru_differs_from_lstm64_in_its_cell_alone() -> None:
    lstm, gru = (Recipe.load(RECIPES[0].with_name(f"{name}.toml")) for name in ("lstm64", "gru"))
    assert dataclasses.replace(lstm.model, cell="gru") == gru.model
    assert dataclasses.replace(lstm, model=gru.model) == gru


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[model]\nunit = 3", "[model]: unknown key 'unit'; did you mean 'units'?"),
        ("[modle]\nunits = 3", "unknown key 'modle'; did you mean 'model'?"),
        ("xyz = 1", "unknown key 'xyz'; the keys here are seed, data, tokenizer, model, training"),
        ("[model]\nunits = '3'", "units: expected a whole number, found '3'"),
        ("[model]\nunits = 3.0", "units: expected a whole number, found 3.0"),
        ("[model]\nunits = true", "units: expected a whole number, found True"),
        ("[model]\nunits = 0", "units: expected 1 to 100000, found 0"),
        ("[model]\ndropout = 1", "dropout: expected 0 to 0.95, found 1"),
        ("[model]\nbidirectional = 1", "bidirectional: expected true or false, found 1"),
        (
            "[model]\npooling = 'maxx'",
            "expected one of last, max, mean, found 'maxx'; did you mean",
        ),
        ("[model]\npooling = 3", "expected one of last, max, mean, found 3"),
        ("model = 3", "[model]: expected a table of keys, found 3"),
        ("[training]\nclipnorm = inf", "clipnorm: expected 0 to 1e+06, found inf"),
        ("[training]\nlearning_rate = nan", "expected 1e-08 to 10, found nan"),
        (f"[training]\nlearning_rate = 1{'0' * 400}", "learning_rate: expected 1e-08 to 10, found"),
        (f"seed = 1{'0' * 5000}", "not a readable TOML file"),
        ("seed = ", "not a readable TOML file"),
    ],
)
def test_a_wrong_recipe_is_one_sentence_with_the_way_out(
    tmp_path: Path, text: str, sentence: str
) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(text)
    with pytest.raises(SentimentError) as error:
        Recipe.load(path)
    assert str(path) in str(error.value)
    assert sentence in str(error.value)
    assert "\n" not in str(error.value)


def test_a_missing_recipe_says_where_the_shipped_ones_are(tmp_path: Path) -> None:
    with pytest.raises(SentimentError, match="no such recipe; the shipped ones are in recipes/"):
        Recipe.load(tmp_path / "none.toml")


def test_a_whole_number_is_accepted_where_a_number_is_meant(tmp_path: Path) -> None:
    path = tmp_path / "recipe.toml"
    path.write_text("[training]\nclipnorm = 1")
    assert Recipe.load(path).training.clipnorm == 1.0
