"""Under which keys a bank is ordered to pay: the key is what keeps money from moving twice."""


def payout_key(application_id: str, order: int = 1) -> str:
    """Under what an application's money is ordered; not the workflow's own id, whose successor must not pay again.

    ``order`` counts the orders: a further one only once the bank has refused the one before for good.
    """
    return f"{application_id}:payout:pay" + (f":{order}" if order > 1 else "")


def payout_of(key: str) -> str | None:
    """Whose payout was ordered under ``key``; ``None`` for any other key."""
    application_id, found, rest = key.partition(":payout:pay")
    number = rest.removeprefix(":")
    return application_id if found and (not rest or (rest[0] == ":" and number.isdecimal())) else None
