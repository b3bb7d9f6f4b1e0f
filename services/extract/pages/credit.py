"""Whose report it is: the news agency that a page credits with its text."""

from services.extract.origins.agencies import AgencyFinder


def agency_credit(agencies: AgencyFinder, text: str, authors: tuple[str, ...]) -> str | None:
    """The words that credit an agency, as they stand in the text or among the authors."""
    for words in (text, *authors):
        credited = (credit.text for credit in agencies.credits("", words) if credit.kind == "credit")
        found = next(credited, None)
        if found is not None:
            return found
    return None
