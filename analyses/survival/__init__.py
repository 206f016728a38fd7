"""Time to an event: estimates, models and scores, arrays in and arrays out."""
