"""Measuring rankings: topics, runs, judgements, figures."""
