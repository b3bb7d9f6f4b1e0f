"""The parts of the `pactwatch` command, one module per family of subcommands."""
