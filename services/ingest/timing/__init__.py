"""Times: which feed may be asked now, in which domain, and how long what it said is fresh."""
