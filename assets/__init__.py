"""The production line: readers and thin Dagster assets, in the order of the data's way."""
