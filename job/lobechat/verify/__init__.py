"""Is the database as promised, who signs in how, and what the operator should know."""
