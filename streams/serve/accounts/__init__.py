"""People who sign in by name: their passwords, second factor, roles, and the areas they see."""
