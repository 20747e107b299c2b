"""New versions of the program: found, fetched, held against signed metadata (TUF), and put in place or taken back."""
