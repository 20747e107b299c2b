"""What every endpoint shares: problems, security, idempotency, models, the OpenAPI document."""
