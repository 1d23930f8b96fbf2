"""What belongs to telling beside the hop itself: receipts, notes, answers, rosters, proof."""
