"""A tour of both families against a real MongoDB."""
