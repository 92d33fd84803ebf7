"""PAPERS about one incident or exercise: what each reader needs, from what the records say and nothing else."""
