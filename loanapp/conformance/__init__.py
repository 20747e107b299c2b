"""Whether a lender's ``/v1`` keeps the contract: its OpenAPI document, and the rules that no schema can say."""
