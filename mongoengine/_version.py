"""The version, in the two forms people ask for it."""

VERSION = (1, 0, 0, "a1")

__version__ = "1.0.0a1"


def get_version() -> str:
    """Return the version as a string, e.g. ``"1.0.0a1"``."""
    return __version__
