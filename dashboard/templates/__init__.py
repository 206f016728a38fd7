"""Templates of the dashboard; a package so that they travel with the installed code.

Belongs here: Jinja2 templates.
Does not belong here: numbers and decisions (`dashboard.pages`).
"""
