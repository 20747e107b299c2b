"""The lender's outside sources, each a port with a simulator that says so."""
