"""The image with a real engine, and the pipeline examples around it."""
