"""The one exception whose text is meant for the person at the terminal."""


class Trouble(Exception):
    """Something the person can understand and mostly put right, in one sentence."""
