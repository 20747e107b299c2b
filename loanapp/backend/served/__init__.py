"""The lender as a service: workers side by side, and what their operators need. No part of the packed demonstration."""
