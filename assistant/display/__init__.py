"""What a person sees of a run of a model: before it, while it works, and at its end."""
