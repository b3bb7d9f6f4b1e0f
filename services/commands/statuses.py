"""Exit statuses beside 0: 1 means that the work failed, and the input was not to blame."""

BAD_INPUT = 2
"""Something in what a person gave was wrong; the good rest of it was processed."""
