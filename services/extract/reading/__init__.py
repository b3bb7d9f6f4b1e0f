"""Words to labelled sentences."""
