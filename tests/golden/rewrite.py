"""Write every golden file again: `make golden`. The diff is read in review."""

import tempfile
from pathlib import Path

from orchestration.definitions import build_definitions
from tests.analyses import figure_examples
from tests.orchestration.test_definitions import PICTURE, picture
from warehouse.home import Home


def main() -> None:
    """Write the golden files from what the code gives now."""
    with tempfile.TemporaryDirectory() as folder:
        PICTURE.write_text(picture(build_definitions(Home(Path(folder)))))
    figure_examples.write_all()


if __name__ == "__main__":
    main()
