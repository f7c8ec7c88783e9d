"""Every table and column, defined once."""
