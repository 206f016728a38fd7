"""The pages of the dictionary: tables, vocabularies, rules, as Markdown.

Belongs here: one module per page, and the words they share.
Does not belong here: the declarations they print, writing files (`docs/write_pages.py`).
"""
