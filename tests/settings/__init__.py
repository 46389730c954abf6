"""Settings: the environment in, one frozen object or every problem out."""
