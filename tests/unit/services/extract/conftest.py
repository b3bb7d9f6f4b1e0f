"""One tagger for all tests here: loading it takes longer than most of them."""

import pytest

from services.extract.tagger import Tagger


@pytest.fixture(scope="session")
def tagger() -> Tagger:
    return Tagger.load()
