"""What counts of pests mean: catch per trap-day, excess over the expected, clusters, seasons, law, spread."""
