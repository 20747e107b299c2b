"""The steps of the vault's database."""
