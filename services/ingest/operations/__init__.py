"""What an operator does with feeds: try them, find them, import them."""
