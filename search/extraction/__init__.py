"""Free text to typed facts with evidence spans."""
