"""Whose words a story carries: copies and agencies."""
