"""Asking for the pages of stories."""
