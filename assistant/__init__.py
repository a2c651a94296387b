"""draft: one line in, the next numbered design document out."""

__version__ = "0.1.0"
