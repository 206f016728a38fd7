"""What is learned: cohort, endpoints, statistics, models, reports. Frames in, results out."""
