"""Markdown as text with places: blocks, elements, links, tables. It knows no template. Pure."""
