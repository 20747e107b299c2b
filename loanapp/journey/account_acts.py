"""Where the borrower is signed in, seen and ended from here."""

from loanapp.client.devices import SignedInDevice
from loanapp.client.protection import NewSecondFactor, OpenRecovery, Protection
from loanapp.client.security_key import NewKeyQuestion, OwnKeys, Waiting
from loanapp.domain.relying_party import relying_party
from loanapp.journey.core import JourneyCore
from loanapp.journey.pages import Page


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

    def protection(self) -> Protection:
        """What protects the account beside the phone code."""
        return self._guarded(self.client.protection)

    def keys_here(self) -> bool:
        """Whether this computer has a way to security keys at all."""
        return self.security_key.available()

    def security_keys(self) -> OwnKeys:
        """The security keys of the account."""
        return self._guarded(self.client.security_keys)

    def begin_key(self, code: str) -> NewKeyQuestion:
        """What a new key is asked; the code is used up. Raises ``SECOND_FACTOR_WRONG``."""
        return self._guarded(lambda: self.client.begin_key(code))

    def add_key(self, asked: NewKeyQuestion, label: str, waiting: Waiting) -> OwnKeys:
        """Have the key that is plugged in made one of the account; waits for its being touched.

        Raises what :class:`loanapp.client.security_key.SecurityKey` raises; a key whose PIN was wanted may be asked the
        same again.
        """
        # Not among the guarded acts: nothing else waits for somebody to touch a key.
        made = self.security_key.make(asked, relying_party(self.client.endpoint().base_url), waiting)
        return self._guarded(lambda: self.client.add_key(asked.ticket, label, made))

    def remove_key(self, key_id: str, code: str) -> OwnKeys:
        """Remove a key with a code of the authenticator or a recovery code; what is left."""
        return self._guarded(lambda: self.client.remove_key(key_id, code))

    def recoveries(self) -> tuple[OpenRecovery, ...]:
        """What was asked by the phone alone, on whichever computer, and is open."""
        return self._guarded(self.client.recoveries)

    def stop_recoveries(self) -> tuple[OpenRecovery, ...]:
        """Stop what other computers asked, and sign them out; what is left."""
        return self._guarded(self.client.stop_recoveries)

    def set_password(self, password: str, current: str = "") -> Protection:
        """Set or change the password; every other computer is signed out.

        Raises :class:`InputRejectedError` with ``PASSWORD_WEAK``, or ``SIGN_IN_WRONG`` for the current one.
        """
        return self._guarded(lambda: self.client.set_password(password, current))

    def check_password(self, password: str) -> Page:
        """Whether this is the borrower's password; the page they stand on. Raises ``SIGN_IN_WRONG``."""

        def work() -> Page:
            self.client.check_password(password)
            return self.current_page()

        return self._guarded(work)

    def begin_second_factor(self) -> NewSecondFactor:
        """A secret for an authenticator; it counts once :meth:`confirm_second_factor` has seen a code of it."""
        return self._guarded(self.client.begin_second_factor)

    def confirm_second_factor(self, code: str) -> tuple[str, ...]:
        """Let it count; the recovery codes, told this once. Raises ``SECOND_FACTOR_WRONG``."""
        return self._guarded(lambda: self.client.confirm_second_factor(code))

    def remove_second_factor(self, code: str) -> Protection:
        """Turn it off with a code of it or a recovery code. Raises ``SECOND_FACTOR_WRONG``."""
        return self._guarded(lambda: self.client.remove_second_factor(code))
