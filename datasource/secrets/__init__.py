"""Tokens and passwords that are kept outside of the environment."""
