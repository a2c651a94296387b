"""A model that answers: servers, streams, faults, tokens."""
