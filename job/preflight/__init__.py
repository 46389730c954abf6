"""Every reason to stop, looked for before the first write."""
