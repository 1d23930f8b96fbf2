"""What people did, one chained line each: nothing can be changed or taken out unseen."""
