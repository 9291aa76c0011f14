"""Benchmarks that anybody can rerun: `make bench`, or `python -m benchmarks eager`."""
