"""How the lender's process lives: its folder, its keys, its start and its end."""
