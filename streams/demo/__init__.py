"""The demo: an illustrative Sichuan and a replayed season, both labelled as such."""
