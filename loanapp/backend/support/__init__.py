"""What borrowers write to support, and the number each gets."""
