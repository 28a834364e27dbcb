"""What `make bench` runs: synthetic leaks at true size, each result verified against its truth before it is timed."""
