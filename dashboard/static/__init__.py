"""Style sheet and script of the dashboard; a package so that they travel with the installed code.

Belongs here: files served as they are.
Does not belong here: anything from another host.
"""
