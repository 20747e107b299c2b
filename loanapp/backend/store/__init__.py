"""The lender's database: tables, sessions under one write lock, encrypted fields, the ledger."""
