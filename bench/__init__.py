"""`make bench`: speed and memory of the job on the sandbox's data, as ratios to a raw COPY in the same run."""
