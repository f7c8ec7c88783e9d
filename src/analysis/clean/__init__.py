"""F1, F2: raw files become canonical tables, and nothing is lost on the way."""
