"""What every stream engine promises: one suite, run on each."""
