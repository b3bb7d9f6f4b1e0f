"""Whether a folder of rules can be used: the lexicon, the categories and the agencies, read together."""

from pathlib import Path

from services.extract.rules.agencies import read_agencies
from services.extract.rules.category_rules import read_category_rules
from services.extract.rules.lexicon import FOLDER, read_lexicon
from services.extract.rules.mistakes import Mistakes


def check_rules(folder: Path = FOLDER) -> None:
    """LexiconError has a line for each mistake of any file; one in one file hides none in another.

    Of what refers to a file that cannot be read at all only the form is checked.
    """
    mistakes = Mistakes()
    lexicon = read_lexicon(folder, mistakes)
    read_category_rules(folder, mistakes, labels=lexicon.labels, codes=lexicon.codes)
    read_agencies(folder, mistakes)
    mistakes.raise_any()
