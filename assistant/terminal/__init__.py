"""What a program says to a person or a script, and how it looks."""
