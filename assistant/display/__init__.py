"""What a person sees: of a run, before it, while it works and at its end; of rules; of health."""
