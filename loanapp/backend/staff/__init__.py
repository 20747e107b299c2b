"""The people of the lender: who they are, what they may do, the cases they decide, and the pages they do it on."""
