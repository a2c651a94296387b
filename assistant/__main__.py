"""`python -m assistant` is `draft`."""

from assistant.cli import main

if __name__ == "__main__":
    main()
