"""Handlers in child processes: what they do to themselves stays there.

`pool` is the worker's side, `child` the program of the child, `wire` what goes between them.
"""
