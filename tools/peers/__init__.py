"""Other job systems beside floorjobs, measured alike; `tools/bench_peers.py` runs it."""
