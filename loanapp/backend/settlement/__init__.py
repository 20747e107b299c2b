"""What follows once a loan is settled: the lender's certificate of it."""
