"""Whose report it is: the news agency that a page credits with its text."""

from services.extract.lexicon_agencies import load_agencies


def agency_credit(text: str, authors: tuple[str, ...]) -> str | None:
    """The words that credit an agency, as they stand in the text or among the authors."""
    finder = load_agencies()
    for words in (text, *authors):
        credited = (credit.text for credit in finder.credits("", words) if credit.kind == "credit")
        found = next(credited, None)
        if found is not None:
            return found
    return None
