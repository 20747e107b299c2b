import numpy as np
import pytest

from loanapp.vision.camera_names import is_grey_picture, is_infrared_name, is_virtual_name


@pytest.mark.parametrize(
    "name",
    [
        *("Integrated IR Camera", "HP IR Camera", "Windows Hello Face Software Device", "IR", "Surface Camera_IR"),
        *("Infrared Camera", "USB2.0 HD IR UVC WebCam", "红外摄像头", "Integrated Camera: Integrated I (IR)"),
    ],
)
def test_infrared_cameras_are_known_by_name(name):
    assert is_infrared_name(name)
    assert not is_virtual_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *("OBS Virtual Camera", "OBS-Camera", "ManyCam Virtual Webcam", "XSplit VCam", "Dummy video device (0x0000)"),
        *("e2eSoft VCam", "虚拟摄像头", "NVIDIA Broadcast", "NDI Webcam Video 1", "v4l2loopback"),
    ],
)
def test_cameras_that_are_programs_are_known_by_name(name):
    assert is_virtual_name(name)
    assert not is_infrared_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "Integrated Camera",
            "HD Webcam C920",
            "FaceTime HD Camera",
            "Iriun Webcam",
            "DroidCam Source 3",
            "First Cam",
        ),
        *(
            "Mirage Camera",
            "USB Camera",
            "联想摄像头",
            "EasyCamera",
            "Chicony USB2.0 Camera",
            "Lenovo 510 FHD",
            "",
            "0",
        ),
    ],
)
def test_others_are_neither(name):
    assert not is_infrared_name(name)
    assert not is_virtual_name(name)


def test_a_picture_whose_channels_are_one_is_infrared(portrait):
    random = np.random.default_rng(3)
    grey = np.repeat(portrait.mean(axis=2, keepdims=True), 3, axis=2).astype(np.uint8)
    assert is_grey_picture(grey)
    assert not is_grey_picture(portrait)
    assert not is_grey_picture(np.zeros_like(portrait)), "black tells nothing"
    noisy = np.clip(grey + random.normal(0, 1.6, grey.shape), 0, 255).astype(np.uint8)
    assert not is_grey_picture(noisy), "a grey room through a colour sensor"
