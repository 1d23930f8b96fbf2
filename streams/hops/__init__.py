"""The hops: pure steps with the messages they read and write."""
