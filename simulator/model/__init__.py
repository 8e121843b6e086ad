"""The rules of reading, batching, invoking and failing, as SimPy processes that state facts. One mechanism a file."""
