"""The rules as analysts wrote them, checked and frozen."""
