"""Generations in a folder: tantivy (text), NumPy (vectors, filters, facets) and SQLite (documents).

This back end is the executable specification of all others.
"""
