"""Charts as plain dictionaries: values in, figures out."""
