"""The steps that bring a database to the tables of this program, one folder for each database."""
