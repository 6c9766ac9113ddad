"""History: where the end of each day is kept."""
