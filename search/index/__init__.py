"""Back ends: write side and read side of an index together."""
