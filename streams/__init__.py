"""The plumbing: the only package that knows Faust, HTTP, clocks, sockets and files."""
