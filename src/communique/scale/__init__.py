"""Coding shard by shard, on one machine or many: one input file → one output file, and an account of what is done."""
