"""Where the borrower is signed in, seen and ended from here."""

from loanapp.client.devices import SignedInDevice
from loanapp.journey.core import JourneyCore


class AccountActs(JourneyCore):
    """What keeps others out of the account."""

    def devices(self) -> tuple[SignedInDevice, ...]:
        """Where the borrower is signed in, the latest first; and what ended lately because it had been copied."""
        return self._guarded(self.client.devices)

    def sign_out_device(self, device_id: str) -> tuple[SignedInDevice, ...]:
        """End the sign-in on another computer; what is left. This one is left by :meth:`Journey.sign_out`."""
        return self._guarded(lambda: self.client.sign_out_device(device_id))

    def sign_out_others(self) -> tuple[SignedInDevice, ...]:
        """End the sign-in everywhere but here; what is left."""
        return self._guarded(self.client.sign_out_others)
