"""What verified fires were seen by: looks with land, hour and outcome, for ratios to be proposed."""
