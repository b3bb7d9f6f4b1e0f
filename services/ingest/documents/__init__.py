"""Feed documents: from bytes to a ParsedFeed, whatever the publisher made of the format."""
