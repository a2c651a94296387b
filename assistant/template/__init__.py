"""What a template asks for, and where it stands in a document. Pure."""
