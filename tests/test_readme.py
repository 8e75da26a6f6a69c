"""What the README says is what the files hold."""

import re
from pathlib import Path

from benchmarks import readme

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")


def test_its_table_is_made_from_the_files_as_they_are() -> None:
    assert readme.updated(TEXT) == TEXT


def test_its_file_map_names_every_module() -> None:
    modules = {path.name for path in (ROOT / "sentiment").glob("[a-z]*.py")}
    assert modules <= set(re.findall(r"\w+\.py", TEXT))


def test_its_recipes_are_those_shipped() -> None:
    shipped = {path.stem for path in (ROOT / "recipes").glob("*.toml")}
    assert shipped == set(re.findall(r"^\| `(\w+)` \|", TEXT, re.MULTILINE))
