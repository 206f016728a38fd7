"""What is looked for in every page: scripts that run in the browser and find what is wrong.

Belongs here: questions to a rendered page, the accessibility run.
Does not belong here: pages and what is on them (the tests).
"""

import json
import subprocess
from collections.abc import Iterable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

#: Elements that reach out of the window; those that scroll in their own box do not count.
OUTSIDE = """() => {
  const wide = document.documentElement.clientWidth;
  return [...document.querySelectorAll('main *, header *, footer *')].filter(e => {
    if (e.closest('.scroll') && !e.classList.contains('scroll')) return false;
    if (e.closest('svg') && e.tagName !== 'svg' && e.tagName !== 'text') return false;
    const box = e.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && (box.left < -0.5 || box.right > wide + 0.5);
  }).map(e => e.tagName + ' ' + (e.textContent || '').trim().slice(0, 40));
}"""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def violations(page: Page) -> list[str]:
    """What axe-core finds on a page; the page must have been opened with `bypass_csp`."""
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8"))
    found: dict[str, Any] = page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", RULES
    )
    return [
        f"{each['id']}: {node['html'][:120]} ({node['failureSummary'][:160]})"
        for each in found["violations"]
        for node in each["nodes"]
    ]


def html_errors(checker: Sequence[str], pages: Iterable[Path]) -> list[str]:
    """What html-validate finds in the bytes of pages, before a browser mends them."""
    command = [*checker, *map(str, pages)]
    found = subprocess.run(command, capture_output=True, check=False, text=True)
    assert found.stdout, found.stderr
    return [
        f"{Path(page['filePath']).name}:{each['line']}: {each['message']} ({each['ruleId']})"
        for page in json.loads(found.stdout)
        for each in page["messages"]
    ]
