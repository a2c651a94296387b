"""What the program does, a command in each module: its options in, its exit code out."""
