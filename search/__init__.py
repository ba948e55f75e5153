"""The library: reading, indexing and ranking cancer clinical trials."""
