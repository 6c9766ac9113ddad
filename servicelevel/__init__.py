"""The rules of service levels, pure: what was promised, what happened, and what that means at an instant.

Standard library and NumPy only. No clock, network, environment or data frame: `now` is always an argument.
"""
