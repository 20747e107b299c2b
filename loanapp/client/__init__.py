"""The wire: typed calls, pinned TLS, retries, secrets, drafts."""
