"""macOS: the recipe that makes a disk image of the frozen bundle. Written from Apple's manuals; never run on macOS."""

import shlex

from installer.metadata import Metadata


def dmg_recipe(metadata: Metadata, version: str) -> str:
    """A shell script, started beside ``LoanApp.app``: sign, pack with a link to Applications, let Apple notarise it.

    ``SIGNING_IDENTITY`` names the certificate and ``NOTARY_PROFILE`` the stored credentials of ``notarytool``.
    """
    image, volume = f"{metadata.command}-{version}.dmg", shlex.quote(metadata.texts["zh_CN"].name)
    return f"""\
#!/bin/sh
# Made by python -m installer.package from installer/metadata.toml. Never run: no macOS was at hand.
set -eu
codesign --force --deep --timestamp --options runtime --entitlements entitlements.plist \\
    --identifier {metadata.identifier} --sign "$SIGNING_IDENTITY" LoanApp.app
codesign --verify --deep --strict LoanApp.app
stage="$(mktemp -d)"
trap 'rm -rf "$stage"' EXIT
cp -R LoanApp.app "$stage/"
ln -s /Applications "$stage/Applications"
hdiutil create -volname {volume} -srcfolder "$stage" -fs APFS -format ULFO -ov {image}
codesign --timestamp --sign "$SIGNING_IDENTITY" {image}
xcrun notarytool submit {image} --keychain-profile "$NOTARY_PROFILE" --wait
xcrun stapler staple {image}
"""


# The hardened runtime gives a program no camera unless it says that it needs one.
ENTITLEMENTS = """\
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>com.apple.security.device.camera</key><true/>
  <key>com.apple.security.cs.allow-unsigned-executable-memory</key><true/>
</dict>
</plist>
"""
