"""Customer value: from order lines to the numbers a sales director reads every month."""
