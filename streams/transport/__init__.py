"""The transports: they carry out the requests that feeds and channels describe."""
