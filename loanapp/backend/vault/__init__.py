"""The vault: photos of identity documents and face evidence, apart from everything else."""
