"""Drafting a site profile: what the headers and the coded values of a file suggest.

Belongs here: guesses, each marked as one, and the words on a finished profile.
Does not belong here: what a profile may say (`schemas.profile`), reading a delivery.
"""

from schemas.profile import Profile


def describe_profile(profile: Profile) -> str:
    """What a whole profile reads and makes, in one line per file."""
    return profile.name
