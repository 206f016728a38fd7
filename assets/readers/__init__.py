"""Files to text frames: nothing is typed, trimmed, guessed or dropped here."""
