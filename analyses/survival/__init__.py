"""Time to event: curves, tests, scores at a horizon and models for censored outcomes."""
