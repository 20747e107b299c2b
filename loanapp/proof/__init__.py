"""Makes and checks signatures, certificates and sealed envelopes; no network, no storage."""
