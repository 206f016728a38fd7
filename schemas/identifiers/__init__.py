"""Identifiers: what points at a person, and the pseudonym that stands in its place. Pure facts."""
