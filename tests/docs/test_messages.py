"""The page of messages: every rule and every E_ code of the code is on it, with what to do."""

import re

from docs.messages_page import code_messages, codes_used
from docs.write_pages import FOLDER
from schemas.catalogue import SITE_CHECKS, all_checks

PAGE = (FOLDER / "messages.md").read_text(encoding="utf-8")
LINES = re.findall(r"^\| ((?:R\d{3}|E_[A-Z0-9_]+) \|.*)\|$", PAGE, re.MULTILINE)
ROWS = [[cell.strip() for cell in line.split(" |")] for line in LINES]


def test_every_code_that_the_program_uses_is_on_the_page() -> None:
    assert set(code_messages()) == codes_used()
    assert codes_used() <= {row[0] for row in ROWS}
    assert len(codes_used()) > 30


def test_every_rule_is_on_the_page_with_what_to_do() -> None:
    rules = {check.rule for check in all_checks()} | set(SITE_CHECKS)
    assert rules == {row[0] for row in ROWS if row[0].startswith("R")}


def test_every_message_says_what_and_what_to_do() -> None:
    for *_, message, remedy in ROWS:
        assert message
        # a message that names its code is printed by itself and holds its remedy
        assert remedy or re.search(r"Re(store|peat)|Run ", message), message
