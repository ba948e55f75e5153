"""Vocabularies: a name denotes a set of leaves."""
