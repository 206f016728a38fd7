"""The sandbox: a file that asks for too much ends alone, and nothing is opened through a link."""

from pathlib import Path

import pytest

from assets.readers.sandbox import Job, Limits, read_files
from schemas.profile import FileProfile

PART = FileProfile(
    file="{study}_table.csv",
    header=("case_id", "note"),
    ignored={"case_id": "", "note": ""},
    rows=(),
)
MIB = 1 << 20


def job(folder: Path, name: str, content: bytes) -> Job:
    path = folder / f"{name}_table.csv"
    path.write_bytes(content)
    return Job(path.name, path, PART, None)


def table(rows: int) -> bytes:
    return b"case_id,note\n" + b"".join(b"C%d,%s\n" % (n, b"x" * 40) for n in range(rows))


def rules(found: object) -> list[str]:
    return [problem.rule for problem in found.problems]  # type: ignore[attr-defined]


def test_files_are_read_in_their_order_with_what_their_names_say(tmp_path: Path) -> None:
    jobs = [job(tmp_path, f"S{n}", table(n)) for n in (3, 1, 2)]
    found = list(read_files(jobs))
    assert [read.file for read in found] == ["S3_table.csv", "S1_table.csv", "S2_table.csv"]
    assert [read.found for read in found] == [3, 1, 2]
    assert found[0].frame["study"].to_list() == ["S3"] * 3
    assert found[0].frame.columns == ["_record", "_line", "case_id", "note", "study"]


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"resident": 120 * MIB}, "120 MiB of memory"),
        ({"cpu_s": 1}, "processor time"),
        ({"written": 4 * MIB}, "written bytes"),
    ],
)
def test_a_file_at_its_limit_ends_alone(tmp_path: Path, limits: dict[str, int], said: str) -> None:
    jobs = [
        job(tmp_path, "before", table(1)),
        job(tmp_path, "large", table(2_000_000)),
        job(tmp_path, "after", table(1)),
    ]
    found = list(read_files(jobs, limits=Limits(**{"resident": 4096 * MIB} | limits)))
    assert rules(found[1]) == ["E_LIMIT"]
    assert said in found[1].problems[0].message
    assert [read.found for read in found] == [1, 0, 1]


def test_a_file_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    # alone: on a busy machine the start of the process may take the second
    jobs = [job(tmp_path, "large", table(2_000_000))]
    (found,) = read_files(jobs, limits=Limits(resident=4096 * MIB, wall_s=1))
    assert rules(found) == ["E_LIMIT"]
    assert "1 seconds" in found.problems[0].message


def test_a_file_larger_than_may_be_delivered_is_not_read(tmp_path: Path) -> None:
    jobs = [job(tmp_path, "large", table(100)), job(tmp_path, "small", table(1))]
    found = list(read_files(jobs, limits=Limits(delivered=1000)))
    assert [rules(read) for read in found] == [["E_LIMIT"], []]


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    real = job(tmp_path, "real", table(1))
    link = tmp_path / "link_table.csv"
    link.symlink_to(real.path)
    found = list(read_files([Job(link.name, link, PART, None), real]))
    assert [rules(read) for read in found] == [["E_PATH"], []]


def test_the_parser_has_no_environment_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path / "t"))
    (tmp_path / "t").mkdir()
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", None)
    list(read_files([job(tmp_path, "one", table(1))]))
    assert list((tmp_path / "t").iterdir()) == []
