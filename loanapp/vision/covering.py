"""What covers a face: a mask, a hand, dark glasses, hair or a hat over the brows, glare on glasses."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Covering:
    """How sure each kind of covering is; 0 nothing, 1 exactly the threshold of its hint, more is surer.

    Everything is 0 where it cannot be judged: no face, turned far aside, in mid-blink or with the mouth wide open.
    """

    mask: float = 0.0
    hand: float = 0.0
    sunglasses: float = 0.0
    brows: float = 0.0
    glare: float = 0.0

    @property
    def most(self) -> float:
        """The surest of them."""
        return max(self.mask, self.hand, self.sunglasses, self.brows, self.glare)


NOTHING = Covering()
