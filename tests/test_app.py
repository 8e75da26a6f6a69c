"""The app over HTTP, as a client and a browser meet it."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from gradio_client import Client
from playwright.sync_api import Browser, Page, expect, sync_playwright

import app
from sentiment import SentimentClassifier
from sentiment.presentation import EXAMPLES, STYLE

ROOT = Path(__file__).parents[1]
CHROMIUM = shutil.which("chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="module")
def url(bundle_folder: Path) -> Iterator[str]:
    demo = app.build_demo(SentimentClassifier.load(bundle_folder))
    _, address, _ = demo.launch(prevent_thread_lock=True, quiet=True, css=STYLE, ssr_mode=False)
    yield address
    demo.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("CI must have Chromium")
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser, url: str) -> Iterator[Page]:
    context = browser.new_context()
    opened = context.new_page()
    opened.goto(url)
    yield opened
    context.close()


def positive_share(page: Page) -> float:
    return float(page.get_by_role("meter", name="positive").get_attribute("aria-valuenow") or "nan")


def test_the_endpoints_answer_as_the_classifier_does(url: str, bundle_folder: Path) -> None:
    client, classifier = Client(url, verbose=False), SentimentClassifier.load(bundle_folder)
    text = "superb, a gem, zzz"
    answer = client.predict(text, api_name="/predict")
    assert answer["label"] == "positive"
    assert answer["positive"] == pytest.approx(classifier.predict(text).positive, abs=1e-5)
    assert (answer["tokens"], answer["unknown"], answer["truncated"]) == (4, 1, False)
    pieces = client.predict(text, api_name="/explain")
    assert "".join(piece for piece, _ in pieces) == text
    assert client.predict("", api_name="/predict")["tokens"] == 0
    named = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
    assert list(named) == ["/predict", "/explain"]


def test_what_is_typed_moves_the_bars_which_keep_their_places(page: Page) -> None:
    review = page.get_by_label("Review")
    expect(page.locator(".verdict")).to_have_text("Nothing to read yet")
    review.press_sequentially("superb, a gem, moving")
    expect(page.locator(".verdict")).to_contain_text("Positive")
    assert positive_share(page) > 50
    review.fill("dull, a mess, boring")
    expect(page.locator(".verdict")).to_contain_text("Negative")
    assert positive_share(page) < 50
    names = [meter.get_attribute("aria-label") for meter in page.get_by_role("meter").all()]
    assert names == ["positive", "negative"]


def test_the_button_classifies_by_keyboard_alone(page: Page) -> None:
    page.get_by_label("Review").focus()
    page.keyboard.type("dreadful, wooden")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Classify")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".verdict")).to_contain_text("Negative")


def test_each_example_fills_the_box_and_is_classified(page: Page) -> None:
    assert len(EXAMPLES) == 8
    for name, text in EXAMPLES.items():
        page.get_by_role("button", name=name, exact=True).click()
        expect(page.get_by_label("Review")).to_have_value(text)
        expect(page.locator(".verdict")).to_contain_text("confidence")


def test_the_words_that_pulled_are_marked_in_the_text_as_it_was_typed(page: Page) -> None:
    text = "Superb  acting,\n but <b>dreadful</b> \U0001f600 music &amp; a dull end"
    page.get_by_label("Review").fill(text)
    expect(page.locator(".why")).to_have_text(text, use_inner_text=False)
    assert page.locator(".why").evaluate("element => element.textContent") == text
    expect(page.locator(".why mark.positive", has_text="Superb")).to_have_count(1)
    expect(page.locator(".why mark.negative", has_text="dreadful")).to_have_count(1)
    expect(page.locator(".legend mark")).to_have_count(2)


def test_html_that_is_typed_stays_text(page: Page) -> None:
    page.get_by_label("Review").fill("<img src=x onerror=document.title='gone'> superb")
    expect(page.locator(".verdict")).to_contain_text("confidence")
    assert page.title() == "Movie-review sentiment"


def test_a_phone_needs_no_sideways_scrolling(page: Page) -> None:
    page.set_viewport_size({"width": 375, "height": 700})
    expect(page.get_by_role("meter")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth") <= 375


def test_the_command_serves_also_behind_a_proxy(bundle_folder: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    proxy = dict.fromkeys(("HTTP_PROXY", "http_proxy", "HTTPS_PROXY"), "http://127.0.0.1:9")
    command = [sys.executable, "app.py", "--model", str(bundle_folder), "--port", str(port)]
    with subprocess.Popen(
        command, cwd=ROOT, env=os.environ | proxy, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            while line := process.stdout.readline():
                if "Running on local URL" in line:
                    break
            assert process.poll() is None
            client = Client(f"http://127.0.0.1:{port}", verbose=False)
            assert client.predict("superb, a gem", api_name="/predict")["label"] == "positive"
        finally:
            process.terminate()


def test_an_unknown_model_is_one_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert app.main(["--model", str(tmp_path)]) == 2
    assert capsys.readouterr().err == (
        f"app.py: {tmp_path}: not a model bundle, bundle.json is missing\n"
    )


def test_a_port_in_use_is_one_sentence(
    capsys: pytest.CaptureFixture[str], bundle_folder: Path
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert app.main(["--model", str(bundle_folder), "--port", str(port)]) == 2
    errors = capsys.readouterr().err
    assert errors.count("\n") == 1
    assert str(port) in errors
