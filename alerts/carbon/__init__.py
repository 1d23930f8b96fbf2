"""Carbon at risk: stock, reach of the fire, loss, its uncertainty, and sums that add up; pure functions."""
