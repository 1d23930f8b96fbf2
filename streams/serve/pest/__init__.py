"""What people see of pests: series of traps, traps that are due, the season, rings about an outbreak."""
