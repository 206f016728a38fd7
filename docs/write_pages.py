"""The written pages of dictionary, rules, messages, endpoints, claims, profiles: made from code.

Belongs here: which page is which file, writing them (`make docs`), or only comparing
(`make docs-check`).
Does not belong here: what the pages say (`schemas.pages`, `docs/analysis_pages.py`), the picture
of the house (`docs/draw_architecture.py`).
"""

import sys
from pathlib import Path

from docs.analysis_pages import claims_page, endpoints_page
from docs.items_page import items_page
from docs.messages_page import messages_page
from docs.profile_page import with_keys
from docs.simulation_page import simulation_page
from schemas.pages.dictionary_page import dictionary_page
from schemas.pages.rule_pages import index_page, page_names, rule_page
from schemas.pages.vocabulary_page import vocabulary_page
from tests.support.rule_examples import all_examples

FOLDER = Path(__file__).parent
RULES = FOLDER / "rules"
_MARK = "<!-- Made by `make docs` from the code: change the code, not this page. -->\n\n"


def pages() -> dict[Path, str]:
    """Every written page with its text."""
    examples = all_examples()
    profiles = FOLDER / "profiles.md"
    by_hand = {profiles: with_keys(profiles.read_text(encoding="utf-8"))}
    return by_hand | {
        path: _MARK + text
        for path, text in {
            FOLDER / "dictionary.md": dictionary_page(),
            FOLDER / "vocabularies.md": vocabulary_page(),
            FOLDER / "endpoints.md": endpoints_page(),
            FOLDER / "claims.md": claims_page(),
            FOLDER / "simulation.md": simulation_page(),
            FOLDER / "reporting-items.md": items_page(),
            FOLDER / "messages.md": messages_page(examples),
            RULES / "README.md": index_page(),
            **{RULES / f"{name}.md": rule_page(name, examples) for name in page_names()},
        }.items()
    }


def stale(made: dict[Path, str]) -> list[Path]:
    """Pages that are missing, differ from what the code says, or belong to nothing any more."""
    old = [path for path, text in made.items() if _read(path) != text]
    return sorted([*old, *(path for path in RULES.glob("*") if path not in made)])


def _read(path: Path) -> str | None:
    """The text of a page, None where there is none."""
    return path.read_text(encoding="utf-8") if path.exists() else None


def main() -> None:
    """Write the pages, or with `--check` say whether they are as the code is."""
    made = pages()
    found = stale(made)
    if "--check" not in sys.argv[1:]:
        RULES.mkdir(exist_ok=True)
        for path in found:
            if path in made:
                path.write_text(made[path], encoding="utf-8")
            else:
                path.unlink()
    elif found:
        names = ", ".join(path.relative_to(FOLDER).as_posix() for path in found)
        raise SystemExit(f"not as the code is now: {names}. Write it again: make docs")


if __name__ == "__main__":
    main()
