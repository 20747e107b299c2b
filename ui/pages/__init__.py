"""The pages of the borrower's road, one module each; the registry loads a page when it is first shown."""
