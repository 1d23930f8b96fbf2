"""Why something was told, or why not: the rule, the value, the threshold, the margin, the version."""
