"""What may import what: the serving path stays light, and works without the rest installed."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HEAVY = {"tensorflow", "keras", "datasets", "sklearn", "matplotlib", "gensim", "onnx", "torch"}


def run(program: str) -> str:
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True
    )
    return result.stdout


@pytest.mark.parametrize(
    "module",
    [
        "app",
        "hub_utils",
        *(
            f"sentiment.{n}"
            for n in ("classifier", "bundle", "hub", "tokenizer", "data", "presentation", "tables")
        ),
    ],
)
def test_the_serving_path_imports_nothing_heavy(module: str) -> None:
    loaded = set(run(f"import sys, {module}; print(*sys.modules)").split())
    assert not loaded & HEAVY


def test_predicting_imports_nothing_heavy_and_no_gradio(bundle_folder: Path) -> None:
    program = (
        "import sys; from sentiment import SentimentClassifier\n"
        f"SentimentClassifier.load({str(bundle_folder)!r}).predict('superb')\n"
        "print(*sys.modules)"
    )
    assert not set(run(program).split()) & (HEAVY | {"gradio", "pandas", "huggingface_hub"})


def pins(name: str) -> list[str]:
    lines = (ROOT / name).read_text().splitlines()
    return [line for line in lines if line and not line.startswith(("#", "-r"))]


def test_the_apps_requirements_are_a_subset_with_the_same_pins() -> None:
    assert set(pins("requirements-space.txt")) <= set(pins("requirements.txt"))


def test_the_packages_requirements_are_a_subset_too_without_gradio() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = {re.match(r"[\w-]+", pin)[0] for pin in project["dependencies"]}  # type: ignore[index]  # each matches
    assert set(project["dependencies"]) <= set(pins("requirements-space.txt"))
    assert names == {"huggingface_hub", "numpy", "onnxruntime", "tokenizers"}


def test_every_requirement_has_a_lower_bound() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        assert all(">=" in pin for pin in pins(name))


def test_the_package_alone_predicts(tmp_path: Path, bundle_folder: Path) -> None:
    """Installed with pip and run elsewhere, with everything it does not require kept out."""
    site = tmp_path / "site"
    source = tmp_path / "source"  # a copy: setuptools builds where it finds
    shutil.copytree(ROOT / "sentiment", source / "sentiment")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    install = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation"]
    subprocess.run([*install, "--target", site, source], check=True, capture_output=True)
    assert {path.name for path in site.iterdir() if "dist-info" not in path.name} == {"sentiment"}
    program = (
        "import sys\n"
        f"for name in {HEAVY | {'gradio', 'pandas', 'scipy', 'tqdm'}!r}: sys.modules[name] = None\n"
        "import sentiment; print(sentiment.__file__)\n"
        f"classifier = sentiment.SentimentClassifier.load({str(bundle_folder)!r})\n"
        "print(classifier.predict('superb').label)"
    )
    result = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"PYTHONPATH": str(site)},
        check=True,
    )
    assert result.stdout.split() == [str(site / "sentiment" / "__init__.py"), "positive"]
