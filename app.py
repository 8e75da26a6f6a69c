"""The demo: type a review, see how positive it is.

    python app.py [--model FOLDER_OR_REPO] [--host HOST] [--port PORT]

Without --model or MODEL_ID it serves the bundle beside this file, and needs no network.
"""

import argparse
import os
import sys
from pathlib import Path
from typing import Any

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # read when gradio is imported

import gradio as gr

from sentiment import SentimentClassifier, SentimentError
from sentiment.presentation import EXAMPLES, STYLE, highlighted, verdict_and_bars

BUNDLE = Path(__file__).with_name("bundle")
QUEUE = 64  # requests that may wait


def build_demo(classifier: SentimentClassifier) -> gr.Blocks:
    """Build the interface around a loaded classifier."""

    def predict(review: str) -> dict[str, Any]:
        prediction = classifier.predict(review)
        return {
            "label": prediction.label,
            "confidence": prediction.confidence,
            "positive": prediction.positive,
            "tokens": prediction.tokens,
            "unknown": prediction.unknown,
            "truncated": prediction.truncated,
        }

    def explain(review: str) -> list[tuple[str, float]]:
        return classifier.explain(review)

    def show_bars(review: str) -> str:
        return verdict_and_bars(classifier.predict(review))

    def show_why(review: str) -> str:
        return highlighted(classifier.explain(review))

    with gr.Blocks(title="Movie-review sentiment", analytics_enabled=False) as demo:
        gr.Markdown("# Movie-review sentiment\nType or paste a review: the bars follow.")
        review = gr.Textbox(label="Review", lines=5, max_lines=20, autofocus=True)
        button = gr.Button("Classify", variant="primary")
        bars = gr.HTML(show_bars(""), label="Sentiment")
        why = gr.HTML(label="Why")
        gr.Examples(
            [[text] for text in EXAMPLES.values()],
            review,
            example_labels=list(EXAMPLES),
            api_visibility="private",
        )
        for show, shown in ((show_bars, bars), (show_why, why)):
            # Unlike `input`, `change` also hears of text that is pasted, dictated or an example's.
            gr.on(
                [review.change, button.click],
                show,
                review,
                shown,
                trigger_mode="always_last",  # the default drops what is typed meanwhile
                show_progress="hidden",
                api_visibility="private",
            )
        gr.api(predict, api_name="predict")
        gr.api(explain, api_name="explain")
    demo.queue(max_size=QUEUE, default_concurrency_limit=os.cpu_count())
    return demo


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--model",
        default=os.environ.get("MODEL_ID") or BUNDLE,
        help="a folder, you/imdb-lstm or you/imdb-lstm@revision (default: MODEL_ID, else bundle)",
    )
    parser.add_argument("--host", help="address to listen on (default: this machine alone)")
    parser.add_argument("--port", type=int, help="default: the first free one from 7860")
    args = parser.parse_args(arguments)
    try:
        classifier = SentimentClassifier.load(args.model)
    except SentimentError as error:
        print(f"app.py: {error}", file=sys.stderr)
        return 2
    for name in ("NO_PROXY", "no_proxy"):  # gradio asks itself, over HTTP, whether it is up
        known = os.environ.get(name)
        os.environ[name] = f"{known},localhost,127.0.0.1" if known else "localhost,127.0.0.1"
    try:
        build_demo(classifier).launch(
            server_name=args.host,
            server_port=args.port,
            css=STYLE,
            ssr_mode=False,
            run_history=False,
            footer_links=["api", "gradio"],
        )
    except (OSError, OverflowError) as error:  # the port is in use, or no port: gradio's words
        print(f"app.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
