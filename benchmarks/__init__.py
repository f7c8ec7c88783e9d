"""Speed and memory of the workbook beside the tools that people use for the same work."""
