"""One module per system, each in the environment of its own with the same words.

`enqueue(sent)` stores one job, `enqueue_many(count)` many at once where the system can, and
`threads` says whether threads may share it. The handler calls `peers.marks.ran`.
"""
