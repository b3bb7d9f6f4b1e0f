"""Talking HTTP to strangers: feeds, articles and webhook receivers, all through one guarded client."""
