"""A made-up history in the form of the messy exports a user would bring."""
