"""Numbered documents on a disk: their numbers, names, references, table and journals."""
