"""git, and the files of a repository."""
