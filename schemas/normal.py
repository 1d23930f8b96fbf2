"""Quantiles of the standard normal distribution that more than one part of the house uses."""

Z_95 = 1.959964
"""Between minus and plus so many standard errors lie the middle 95 %."""
