"""All I/O: connections, documents, querysets."""
