"""What each of LobeChat's migrations changes, as the catalog shows it; read by schema.structure."""
