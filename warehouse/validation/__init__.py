"""The validation pass: checks of `schemas` run in SQL, counted again by Great Expectations."""
