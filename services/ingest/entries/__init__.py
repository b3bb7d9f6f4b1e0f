"""Entries: what names one, which known story it is, and which revision to send."""
