"""A QR code that another reader reads, with the quiet zone that telephones need."""

import cv2
import numpy as np

from loanapp.vision.qr_code import qr_modules

URI = "otpauth://totp/LoanApp:138%2A%2A%2A%2A0001?digits=6&secret=JBSWY3DPEHPK3PXP&algorithm=SHA1&issuer=LoanApp&period=30"


def test_it_reads_back_as_what_was_written():
    modules = np.array(qr_modules(URI))
    picture = np.where(modules, 0, 255).astype(np.uint8).repeat(6, axis=0).repeat(6, axis=1)
    assert cv2.QRCodeDetector().detectAndDecode(picture)[0] == URI


def test_four_light_modules_stand_around_it():
    modules = np.array(qr_modules(URI))
    assert modules.shape[0] == modules.shape[1]
    for edge in (modules[:4], modules[-4:], modules[:, :4], modules[:, -4:]):
        assert not edge.any()
    assert modules[4, 4:11].all()  # the finder's upper line
