"""The SimPy processes: traffic, shards, polling, push, lanes, functions and concurrency. One mechanism a file."""
