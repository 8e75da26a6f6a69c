"""The one exception for a user's mistake."""


class SentimentError(ValueError):
    """Bad input, told in one sentence: what was expected, what was found, what to do.

    The command lines print the sentence and exit with status 2; no traceback.
    """
