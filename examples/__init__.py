"""Programs that show the library."""
