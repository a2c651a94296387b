"""Risks and open questions that reviewers find in a document."""
