"""The computers a borrower is signed in on, as the lender tells them."""

from dataclasses import dataclass
from datetime import datetime

from loanapp.client.reading import JsonObject
from loanapp.domain.devices import DeviceEnd, DeviceSystem


@dataclass(frozen=True, slots=True)
class SignedInDevice:
    """One sign-in; ``current`` is the one of this program. One that ended is told where a token had been copied."""

    device_id: str
    system: DeviceSystem
    signed_in_at: datetime
    used_at: datetime
    ended_why: DeviceEnd | None
    current: bool

    @classmethod
    def read(cls, answer: JsonObject) -> "SignedInDevice":
        """From the answer's shape."""
        ended = answer.has("ended_why")
        return cls(
            device_id=answer.text("device_id"),
            system=answer.member("system", DeviceSystem),
            signed_in_at=answer.moment("signed_in_at"),
            used_at=answer.moment("used_at"),
            ended_why=answer.member("ended_why", DeviceEnd) if ended else None,
            current=answer.flag("current"),
        )


def read_devices(answer: JsonObject) -> tuple[SignedInDevice, ...]:
    """All of them."""
    return answer.objects("devices", SignedInDevice.read)
