"""Tempo: asking, paging, and turning answers into hours."""
