"""The officer's desk: calls, who was first, tasks taken and shifts handed over."""
