"""How far a source is to be believed: its own past, whether it moves at all, whether it can see now."""
