"""Readers of sections: the names, tables, endpoints and metrics that a document speaks of."""
