"""Judgements on a feed over many polls: failures, moves, rhythm, health, and our own outages."""
