"""What the project promises to be fast at, measured: `make bench`."""
