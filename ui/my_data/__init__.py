"""My data: who used them, whom the program speaks to, and what can be done about it; reached from every page."""
