"""Settings as versioned documents, backtests of them on the past, and what a change would have cost."""
