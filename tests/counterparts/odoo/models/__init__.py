"""The models that are played: their fields on each version, their rights, and what they do."""
