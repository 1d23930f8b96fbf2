"""The report of a comparison as one page that needs nothing else: no script, no network, one style."""
