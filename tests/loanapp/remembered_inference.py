"""The real graphs, each asked once for the same input: dozens of tests look at the same frames again."""

import hashlib
from collections import OrderedDict
from dataclasses import replace
from typing import Any

from loanapp.vision.models import FaceModels, Graph

# Outputs of the detector are 60 kB, of the landmark net 6: some 120 MB at most.
KEPT = 2_000


class _RememberingSession:
    """An onnxruntime session whose outputs are kept by the bytes of its input, because a graph has no state."""

    def __init__(self, graph: Graph) -> None:
        self._session: Any = graph._session
        self._kept: OrderedDict[bytes, list[Any]] = OrderedDict()
        self.get_inputs, self.get_outputs = self._session.get_inputs, self._session.get_outputs

    def run(self, names: None, blobs: dict[str, Any]) -> list[Any]:
        (blob,) = blobs.values()
        key = hashlib.blake2b(blob.tobytes(), digest_size=16, person=str(blob.shape).encode()[:16]).digest()
        outputs = self._kept.get(key)
        if outputs is None:
            outputs = self._session.run(names, blobs)
            for output in outputs:
                output.setflags(write=False)
            self._kept[key] = outputs
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(key)
        return outputs


def remembered(models: FaceModels) -> FaceModels:
    """The same models, which do not reckon the same input twice."""
    graphs = {
        name: Graph(_RememberingSession(getattr(models, name))) for name in ("detector", "landmarks", "blendshapes")
    }
    return replace(models, **graphs)
