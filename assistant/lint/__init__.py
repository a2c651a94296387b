"""Checks of documents: the rules, and what several of them look at."""
