"""The rules of `draft check`, one in each file; the registry finds them by listing this package."""
