"""Ink without business words: pages, tables and charts."""
