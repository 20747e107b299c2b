"""What borrowers ask about their data: each request with a number, a day and an answer; and the end of an account."""
