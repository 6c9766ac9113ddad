"""Pieces of screen: values in, components or figures out. Nothing here fetches, reads settings or knows a page."""
