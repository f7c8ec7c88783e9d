"""Who makes the profit and who eats it."""
