"""The one HTTP server of Fenghuo: the only place where HTTP, accounts and history live."""
