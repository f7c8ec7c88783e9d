"""What is behind the exports, for the checks alone."""
