"""Why a verdict is as it is, and what other rules would change."""
