"""How quick the system is: figures beside a named peer, measured in the same run."""
