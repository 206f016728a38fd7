"""The command `imsct redcap-export`: what it says of an exported project.

Belongs here: wording, and what comes next.
Does not belong here: asking REDCap (`assets.readers.redcap_api`).
"""

from pathlib import Path

from assets.readers.redcap_api import export_project


def export_as_text(url: str, token_file: Path, out: Path) -> str:
    """Export a project and say what was written.

    Raises
    ------
    UsageError, StorageError
        As `export_project` does.
    """
    exported = export_project(url, token_file, out)
    lines = [f"{out / name}  {size} bytes" for name, size in exported.files.items()]
    return "\n".join(
        [
            *lines,
            "The files hold what REDCap holds, names and dates too: keep them at the site.",
            f"Next, for a project of our dictionary: imsct check {out} --profile imsct_redcap",
        ]
    )
