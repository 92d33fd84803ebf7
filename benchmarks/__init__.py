"""What a build costs beside other generators on the same incidents: `python -m benchmarks` writes RESULTS.md."""
