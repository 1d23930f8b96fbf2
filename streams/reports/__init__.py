"""Reports upward, from the history to a file: what is known of a fire, and Word documents."""
