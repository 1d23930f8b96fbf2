"""How what was told compares with the fires that are known to have burned."""
