"""Going to fetch what sources offer: satellite services and folders, handed to the one way in."""
