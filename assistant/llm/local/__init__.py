"""The embedded model: its weights, its engine, and the process that it runs in."""
