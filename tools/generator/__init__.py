"""Translate asynchronous source into its synchronous twin: the parts of ``generate.py``."""
