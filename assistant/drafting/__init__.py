"""A document's unwritten slots, new or begun, written by a model."""
