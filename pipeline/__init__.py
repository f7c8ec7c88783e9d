"""The only code that knows Papermill, nbconvert and DVC."""
