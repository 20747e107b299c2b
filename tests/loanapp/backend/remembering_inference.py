"""The real inference process, asked once for each photo: many tests begin with the same card."""

from hashlib import sha256
from typing import ClassVar

from loanapp.backend.inference.client import InferenceClient


class RememberingInference(InferenceClient):
    _read: ClassVar = {}

    def warm_up(self):
        """Nothing is gained by it here: the first photo waits as long."""

    def read_document(self, photo, side):
        key = side, sha256(photo).hexdigest()
        if key not in self._read:
            self._read[key] = super().read_document(photo, side)
        return self._read[key]
