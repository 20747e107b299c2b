"""Who the borrower is: documents, identity, authorisations, face."""
