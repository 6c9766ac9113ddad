"""The queue registry: one JSON file, written by hand, read into the values of `servicelevel.policy`."""
