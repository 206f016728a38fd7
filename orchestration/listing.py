"""Listings: what commands print, as text for people and as JSON for programs.

Belongs here: wording and layout of results on stdout.
Does not belong here: finding them out (`assets.checking`, `warehouse`).
"""
