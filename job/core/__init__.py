"""What every part needs: errors and exit codes, files, logs, signals, time-outs, progress; imports nothing of job."""
