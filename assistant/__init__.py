"""draft: one line in, the next numbered design document out."""
