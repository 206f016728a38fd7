"""stub"""


def unit_refusals(store, delivery):
    return []
