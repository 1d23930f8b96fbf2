"""Thresholds and what they cost: which hold where, what a change would silence, and how two runs differ."""
