"""Movie-review sentiment: a small LSTM, from training to serving."""

from sentiment.classifier import Prediction, SentimentClassifier
from sentiment.errors import SentimentError

__all__ = ["Prediction", "SentimentClassifier", "SentimentError"]
