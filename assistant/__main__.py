"""`python -m assistant` is `draft`."""

from assistant.cli import main

main()
