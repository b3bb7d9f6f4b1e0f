"""The engines of the end-to-end tests serve here too."""

from tests.e2e.conftest import distributed, embedded

__all__ = ["distributed", "embedded"]
