"""What the app shows of a prediction, and the example reviews it offers."""

import html

from sentiment.classifier import Prediction
from sentiment.data import LABELS

EXAMPLES = {
    "Praise": "A tender, funny film with two wonderful performances. I left the cinema smiling.",
    "A pan": "Two hours of my life I will never get back. The plot is dull and the acting wooden.",
    "Negation": "Not bad at all. I never once looked at my watch, and that does not happen often.",
    "Contrast": "I wanted to like it. The cast is great and the music is lovely, but the script "
    "is a mess and the ending ruins everything.",
    "Sarcasm": "Oh great, another sequel nobody asked for. What a triumph of marketing.",
    "A rating": "Solid thriller, clever twists, a bit long in the middle. 8/10",
    "Mixed": "The first half is brilliant and the second half falls apart. Still, worth seeing "
    "once for the camera work.",
    "HTML pasted in": "Gorgeous to look at.<br /><br />But there&#39;s nothing behind the "
    "pictures, &amp; I was bored.",
}

FAINTEST = 0.1  # share of the strongest pull below which a word is left uncoloured
MANY_UNKNOWN = 0.3  # share of unknown words that is remarked on
FEW_WORDS = 3
_LEGEND = (
    '<p class="legend"><mark class="positive" style="--pull:1">pulled to positive</mark> '
    '<mark class="negative" style="--pull:1">pulled to negative</mark> '
    "the stronger the colour, the more the answer changes without the word</p>"
)

STYLE = """
.bar { display: grid; grid-template-columns: 4.5rem 1fr 3.5rem; gap: .5rem; align-items: center;
       margin: .6rem 0; font-variant-numeric: tabular-nums; }
.bar .track { height: 1.25rem; border-radius: .4rem; overflow: hidden;
              background: var(--neutral-200); }
.dark .bar .track { background: var(--neutral-700); }
.bar .fill { height: 100%; border-radius: .4rem; transition: width .15s ease-out; }
.bar .share { text-align: right; }
.bar.positive .fill { background: #15803d; }
.bar.negative .fill { background: #b91c1c; }
.dark .bar.positive .fill { background: #4ade80; }
.dark .bar.negative .fill { background: #f87171; }
.why { white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.8; margin: .5rem 0; }
.why mark, .legend mark { color: inherit; border-radius: .25rem; padding: .1rem .15rem; }
.legend { font-size: .85rem; }
mark.positive { background: color-mix(in srgb, #16a34a calc(var(--pull) * 45%), transparent); }
mark.negative { background: color-mix(in srgb, #dc2626 calc(var(--pull) * 45%), transparent); }
.note { font-size: .9rem; margin: .25rem 0; }
.verdict { font-size: 1.2rem; font-weight: 600; margin: .25rem 0; }
"""


def verdict_and_bars(prediction: Prediction) -> str:
    """HTML: the verdict in words, one bar a label, each always in its own place, and notes.

    Nothing of the text that was classified is in it.
    """
    shares = {"positive": prediction.positive, "negative": 1 - prediction.positive}
    bars = "".join(_bar(label, shares[label]) for label in reversed(LABELS))
    notes = "".join(f'<p class="note">{note}</p>' for note in _notes(prediction))
    return f'<p class="verdict" role="status">{_verdict(prediction)}</p>{bars}{notes}'


def highlighted(pieces: list[tuple[str, float]]) -> str:
    """HTML: the text as it was typed, escaped, its words coloured by how far they pulled.

    Args:
        pieces: what `SentimentClassifier.explain` gives.
    """
    strongest = max((abs(weight) for _, weight in pieces), default=0.0)
    if not strongest:
        return ""
    words = "".join(_word(piece, weight / max(strongest, 1.0)) for piece, weight in pieces)
    return f'<p class="why">{words}</p>{_LEGEND}'


def _word(piece: str, pull: float) -> str:
    if abs(pull) < FAINTEST:
        return html.escape(piece)
    label = LABELS[int(pull > 0)]
    return f'<mark class="{label}" style="--pull:{abs(pull):.2f}">{html.escape(piece)}</mark>'


def _verdict(prediction: Prediction) -> str:
    if not prediction.tokens:
        return "Nothing to read yet"
    share = "over 99%" if prediction.confidence > 0.99 else f"{prediction.confidence:.0%}"
    return f"{prediction.label.capitalize()}, with {share} confidence"


def _notes(prediction: Prediction) -> list[str]:
    """What a reader should know before trusting the answer."""
    notes = []
    if prediction.truncated:
        notes.append(f"Longer than the model reads: it read {prediction.tokens:,} tokens of it.")
    if prediction.unknown > MANY_UNKNOWN * prediction.tokens:
        notes.append(
            f"The model does not know {prediction.unknown:,} of the {prediction.tokens:,} words "
            "it read; perhaps this is not English."
        )
    if 0 < prediction.tokens < FEW_WORDS:
        notes.append("Very short: a sentence or two says more.")
    return notes


def _bar(label: str, share: float) -> str:
    return (
        f'<div class="bar {label}"><span>{label}</span>'
        f'<span class="track" role="meter" aria-label="{label}" aria-valuemin="0" '
        f'aria-valuemax="100" aria-valuenow="{100 * share:.1f}">'
        f'<span class="fill" style="display:block;width:{100 * share:.1f}%"></span></span>'
        f'<span class="share">{share:.1%}</span></div>'
    )
