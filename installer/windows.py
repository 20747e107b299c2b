"""Windows: what the starter says of itself, and the script from which Inno Setup makes the installer.

Written from the makers' documents; never run on Windows.
"""

from pathlib import Path

from installer.metadata import Metadata

MANIFEST = """\
<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<assembly xmlns="urn:schemas-microsoft-com:asm.v1" manifestVersion="1.0">
  <trustInfo xmlns="urn:schemas-microsoft-com:asm.v3">
    <security>
      <requestedPrivileges><requestedExecutionLevel level="asInvoker" uiAccess="false"/></requestedPrivileges>
    </security>
  </trustInfo>
  <compatibility xmlns="urn:schemas-microsoft-com:compatibility.v1">
    <application><supportedOS Id="{8e0f7a12-bfb3-4fe8-b9a5-48fd50a15a9a}"/></application>
  </compatibility>
  <application xmlns="urn:schemas-microsoft-com:asm.v3">
    <windowsSettings>
      <dpiAwareness xmlns="http://schemas.microsoft.com/SMI/2016/WindowsSettings">PerMonitorV2</dpiAwareness>
      <longPathAware xmlns="http://schemas.microsoft.com/SMI/2016/WindowsSettings">true</longPathAware>
      <activeCodePage xmlns="http://schemas.microsoft.com/SMI/2019/WindowsSettings">UTF-8</activeCodePage>
    </windowsSettings>
  </application>
</assembly>
"""


def version_resource(metadata: Metadata, version: str) -> str:
    """What the properties of ``loanapp.exe`` show, in PyInstaller's form; simplified Chinese and Unicode."""
    numbers = tuple(([int(part) for part in version.split(".")] + [0, 0, 0, 0])[:4])
    words = metadata.texts["zh_CN"]
    rows = {
        "CompanyName": metadata.publisher,
        "FileDescription": words.name,
        "FileVersion": version,
        "InternalName": metadata.command,
        "OriginalFilename": "loanapp.exe",
        "ProductName": words.name,
        "ProductVersion": version,
    }
    listed = ", ".join(f"StringStruct({name!r}, {word!r})" for name, word in rows.items())
    return (
        f"VSVersionInfo(ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3F, flags=0x0, OS=0x40004,"
        " fileType=0x1, subtype=0x0, date=(0, 0)), kids=[StringFileInfo([StringTable('080404B0',"
        f" [{listed}])]), VarFileInfo([VarStruct('Translation', [0x0804, 0x04B0])])])\n"
    )


def write_resources(folder: Path, metadata: Metadata, version: str) -> None:
    """Put version and manifest where ``build.spec`` looks for them."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "version.txt").write_text(version_resource(metadata, version), encoding="utf-8")
    (folder / "loanapp.manifest").write_text(MANIFEST, encoding="utf-8")


def inno_script(metadata: Metadata, version: str) -> str:
    """The script for Inno Setup 6: for the person who installs it alone, so that no administrator is asked.

    ``iscc`` is started beside the frozen folder ``loanapp`` and ``loanapp.ico``. The Chinese of its own pages is a file
    that Inno Setup's makers list as unofficial; it has to lie beside the script.
    """
    english, chinese = metadata.texts["en"], metadata.texts["zh_CN"]
    return f"""\
; Made by python -m installer.package from installer/metadata.toml. Never run: no Windows was at hand.
[Setup]
AppId={metadata.identifier}
AppName={{cm:ProgramName}}
AppVersion={version}
AppPublisher={metadata.publisher}
AppContact={metadata.contact}
DefaultDirName={{autopf}}\\{metadata.command}
DefaultGroupName={{cm:ProgramName}}
DisableProgramGroupPage=yes
PrivilegesRequired=lowest
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
Compression=lzma2/max
SolidCompression=yes
SetupIconFile=loanapp.ico
UninstallDisplayIcon={{app}}\\loanapp.exe
OutputBaseFilename={metadata.command}-{version}-setup
CloseApplications=yes

[Languages]
Name: "zh"; MessagesFile: "ChineseSimplified.isl"
Name: "en"; MessagesFile: "compiler:Default.isl"

[CustomMessages]
zh.ProgramName={chinese.name}
en.ProgramName={english.name}

[Files]
Source: "loanapp\\*"; DestDir: "{{app}}"; Flags: recursesubdirs ignoreversion

[InstallDelete]
; Files of an older version that the new one no longer has.
Type: filesandordirs; Name: "{{app}}\\_internal"

[Icons]
Name: "{{group}}\\{{cm:ProgramName}}"; Filename: "{{app}}\\loanapp.exe"
Name: "{{autodesktop}}\\{{cm:ProgramName}}"; Filename: "{{app}}\\loanapp.exe"; Tasks: desktopicon

[Tasks]
Name: "desktopicon"; Description: "{{cm:CreateDesktopIcon}}"

[Run]
Filename: "{{app}}\\loanapp.exe"; Description: "{{cm:LaunchProgram,{{cm:ProgramName}}}}"; Flags: nowait postinstall
"""
