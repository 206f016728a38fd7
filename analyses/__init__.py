"""What is learned: cohort, endpoints, statistics, models, figures, reports. Frames in, results out."""
