"""What the steps of the tour are shown with."""

import os
import sys
import textwrap

COLOURED = sys.stdout.isatty() and "NO_COLOR" not in os.environ
BOLD, DIM, GREEN, PLAIN = (
    ("\033[1m", "\033[2m", "\033[32m", "\033[0m") if COLOURED else ("",) * 4
)


def show(code: str, result: object) -> None:
    """Print a line of code and what it gave."""
    print(f"    {code}")
    text = textwrap.indent(textwrap.fill(str(result), 76), " " * 7).lstrip()
    print(f"    {GREEN}-> {text}{PLAIN}")
