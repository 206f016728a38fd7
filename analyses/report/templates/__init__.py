"""Templates of the report; a package so that they travel with the installed code.

Belongs here: Jinja2 templates and the style sheet.
Does not belong here: numbers and decisions (`analyses.report`).
"""
