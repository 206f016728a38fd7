"""Three ways to find every broken row of the table of `table`, each in a process of its own.

Belongs here: the pass of this project, one DuckDB pass as one would write it by hand, GX on pandas.
Does not belong here: taking turns and comparing (`against_gx`).
Run by `against_gx` as: python benchmarks/validation/ways.py ours|hand|gx STORE OUT
"""

import json
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from table import CHECKS, PARENT, TABLE

from schemas.checks import (
    AnyCheck,
    ConflictCheck,
    DuplicateCheck,
    PredicateCheck,
    RangeCheck,
    ReferenceCheck,
    RequiredCheck,
    TextCheck,
    VocabularyCheck,
)
from schemas.tables import BY_NAME
from warehouse.sql import TEXT_SUFFIX, Compiler, literal, literals
from warehouse.store import Store
from warehouse.validation.verdict import validate

#: Seconds by the clock and of the processors, and the failing keys by check.
Found = tuple[tuple[float, float], dict[str, list[str]]]


def _now() -> tuple[float, float]:
    """The clock, and processor time of this process with its threads."""
    return time.perf_counter(), time.process_time()


def _since(started: tuple[float, float]) -> tuple[float, float]:
    """Seconds since, both."""
    clock, processors = _now()
    return clock - started[0], processors - started[1]


def ours(path: Path) -> Found:
    """The pass of the line: every broken (row, check) with its message, written to quarantine."""
    with Store.open(path) as store:
        started = _now()
        verdict = validate(store, TABLE, official=None)
        with store.transaction():
            store.append("quarantine", "problems", verdict.problems)
        seconds = _since(started)
        keys = dict(
            store.rows(
                "select p.rule || '.' || p.\"table\" || '.' || p.\"column\","
                " list(s.read_id__text) from quarantine.problems p"
                " join staged.imaging_reads s on s._row = p.row group by 1"
            )
        )
        store.con.execute("delete from quarantine.problems")
    return seconds, {str(check): sorted(map(str, found)) for check, found in keys.items()}  # type: ignore[call-overload]  # a list of keys


#: Signs of which two readers may say the opposite (R040).
_SIGNS = (
    "exophytic_component", "t2_high_at_enhancing_part", "cord_expansion", "cap_sign", "haemorrhage",
    "calcification", "oedema", "flow_voids", "diffusion_restriction", "leptomeningeal_spread",
    "bone_erosion", "scoliosis", "polar_cyst", "intratumoural_cyst", "syrinx",
)  # fmt: skip
#: The reads with their study; of each study with several reads, what they say together.
_JOINED = f"""staged.{TABLE.name} t
    left join staged.{PARENT.name} s on s.study_id = t.study_id
    left join (select study_id, count_if(is_consensus = 'yes') as agreed,
    {
    ", ".join(
        f"bool_or({x} = '{say}' and is_consensus = 'no') as {x}_{say}"
        for x in _SIGNS
        for say in ("present", "absent")
    )
}
    from staged.{TABLE.name} group by 1 having count(*) > 1) g on g.study_id = t.study_id
    left join (select study_id, reader_id, read_round, count(*) as n from staged.{TABLE.name}
    group by all having count(*) > 1) a on a.study_id = t.study_id and a.reader_id = t.reader_id
    and a.read_round = t.read_round"""
_OPPOSED = " or ".join(
    f"(t.{x} = 'present' and g.{x}_absent) or (t.{x} = 'absent' and g.{x}_present)" for x in _SIGNS
)
#: Rules over several rows, true where they are broken.
_SEVERAL_ROWS = {
    "R039.imaging_reads.read_round": "a.n > 1",
    "R039.imaging_reads.is_consensus": "t.is_consensus = 'yes' and g.agreed > 1",
    "R040.imaging_reads.is_consensus": f"t.is_consensus = 'no' and g.agreed = 0 and ({_OPPOSED})",
}


def hand(path: Path) -> Found:
    """One DuckDB query as one would write it by hand: key, rule and column of what is broken."""
    flags = ",\n".join(f"case when {_by_hand(c)} then '{c.name}' end" for c in CHECKS)
    query = f"""create or replace temp table found as
        select t.read_id__text as key, unnest(list_filter([{flags}], x -> x is not null)) as "check"
        from {_JOINED}
        left join (select read_id__text, count(*) as n from staged.{TABLE.name} group by 1
        having count(*) > 1) k on k.read_id__text = t.read_id__text"""
    with duckdb.connect(str(path), read_only=True) as con:
        con.execute("set enable_progress_bar = false")
        con.execute("set threads = 2")
        started = _now()
        con.execute(query)
        seconds = _since(started)
        keys = con.execute('select "check", list(key) from found group by 1').fetchall()
    return seconds, {check: sorted(found) for check, found in keys}


def _by_hand(check: AnyCheck) -> str:
    """The condition of one check, true where it is broken."""
    text = f"t.{check.column}{TEXT_SUFFIX}"
    match check:
        case TextCheck(pattern=pattern, forbidden=forbidden):
            found = f"regexp_full_match({text}, {literal(pattern)})"
            return found if forbidden else f"not {found}"
        case VocabularyCheck(codes=codes):
            return f"{text} not in ({literals(codes)})"
        case RangeCheck(low=low, high=high):
            return f"t.{check.column} not between {low} and {high}"
        case RequiredCheck(reason_column=reason):
            return f"{text} is null" + (f" and t.{reason}{TEXT_SUFFIX} is null" if reason else "")
        case DuplicateCheck() | ConflictCheck():
            return "k.n > 1"
        case ReferenceCheck():
            return f"{text} is not null and s.study_id is null"
        case PredicateCheck(name=name) if name in _SEVERAL_ROWS:
            return f"coalesce({_SEVERAL_ROWS[name]}, false)"
        case PredicateCheck(holds=holds):
            made = Compiler(TABLE, BY_NAME).predicate(holds)
            return "not " + re.sub(r'"one imaging_studies\.(\w+) on study_id"', _of_study, made)


def _of_study(found: re.Match[str]) -> str:
    """A column of the joined study."""
    return f"nullif(s.{found[1]}, 'unknown')"


def with_gx(path: Path) -> Found:
    """GX on pandas with complete results and every failing key.

    To its favour: reading and typing are done before the clock starts, and what compares columns or
    tables is worked out by DuckDB, within the clock; GX is given its truth as a column.
    """
    import os

    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    frame, truths = _for_pandas(path)
    asset = context.data_sources.add_pandas("p").add_dataframe_asset("a")
    batch = asset.add_batch_definition_whole_dataframe("b").get_batch({"dataframe": frame})
    expectations = [_expectation(gx.expectations, check) for check in CHECKS]
    suite = gx.ExpectationSuite(name="s", expectations=expectations)
    form = {"result_format": "COMPLETE", "unexpected_index_column_names": ["key"]}
    started = _now()
    results = batch.validate(suite, result_format=form).results
    keys = {r.expectation_config.meta["check"]: _keys(r) for r in results}
    clock, processors = _since(started)
    spent = (clock + truths[0], processors + truths[1])
    return spent, {c: sorted(found) for c, found in keys.items() if found}


def _keys(result: Any) -> list[str]:
    """Failing keys of one result."""
    if any(info.get("raised_exception") for info in _infos(result.exception_info)):
        sys.exit(f"{result.expectation_config.meta['check']}: {result.exception_info}")
    return [str(place["key"]) for place in result.result.get("unexpected_index_list") or []]


def _infos(info: dict[str, Any]) -> list[dict[str, Any]]:
    """What GX says of errors: one entry, or one per metric."""
    return [info] if "raised_exception" in info else list(info.values())


def _for_pandas(path: Path) -> tuple[Any, tuple[float, float]]:
    """Texts, typed numbers, the truth of what GX has no expectation for, and what that took."""
    own = [c.name for c in CHECKS if isinstance(c, PredicateCheck | ReferenceCheck)]
    own += [c.name for c in CHECKS if isinstance(c, RequiredCheck) and c.reason_column]
    truths = ", ".join(
        f'coalesce(not ({_by_hand(c)}), true) as "{c.name}"' for c in CHECKS if c.name in own
    )
    numbers = ", ".join(f"t.{c.column}" for c in CHECKS if isinstance(c, RangeCheck))
    texts = ", ".join(f"t.{name}{TEXT_SUFFIX}" for name in TABLE.names)
    with duckdb.connect(str(path), read_only=True) as con:
        con.execute("set enable_progress_bar = false")
        con.execute("set threads = 2")
        started = _now()
        judged = con.execute(f"select {truths} from {_JOINED} order by t._row").to_arrow_table()
        spent = _since(started)
        frame = con.execute(
            f"select t.read_id__text as key, {texts}, {numbers} from staged.{TABLE.name} t"
            " order by t._row"
        ).to_arrow_table()
    for column in judged.column_names:
        frame = frame.append_column(column, judged[column])
    return frame.to_pandas(), spent


def _expectation(expect: Any, check: AnyCheck) -> Any:
    """The expectation of one check."""
    text, meta = check.column + TEXT_SUFFIX, {"check": check.name}
    match check:
        case TextCheck(pattern=pattern, forbidden=True):
            return expect.ExpectColumnValuesToNotMatchRegex(
                column=text, regex=rf"\A(?:{pattern})\Z", meta=meta
            )
        case TextCheck(pattern=pattern):
            return expect.ExpectColumnValuesToMatchRegex(
                column=text, regex=rf"\A(?:{pattern})\Z", meta=meta
            )
        case VocabularyCheck(codes=codes):
            return expect.ExpectColumnValuesToBeInSet(column=text, value_set=codes, meta=meta)
        case RangeCheck(low=low, high=high, column=column):
            return expect.ExpectColumnValuesToBeBetween(
                column=column, min_value=low, max_value=high, meta=meta
            )
        case RequiredCheck(reason_column=None):
            return expect.ExpectColumnValuesToNotBeNull(column=text, meta=meta)
        case DuplicateCheck() | ConflictCheck():
            return expect.ExpectColumnValuesToBeUnique(column=text, meta=meta)
    return expect.ExpectColumnValuesToBeInSet(column=check.name, value_set=[True], meta=meta)


_WAYS: dict[str, Callable[[Path], Found]] = {"ours": ours, "hand": hand, "gx": with_gx}


def main() -> None:
    """Run one way and write what it found, its seconds and its peak of resident memory."""
    way, path, out = sys.argv[1:]
    seconds, keys = _WAYS[way](Path(path))
    peak = _peak_kib() / 1024**2
    pl.DataFrame({"check": list(keys), "keys": list(keys.values())}).explode("keys").write_parquet(
        f"{out}.parquet"
    )
    Path(f"{out}.json").write_text(
        json.dumps({"seconds": seconds[0], "cpu": seconds[1], "gib": peak}), encoding="utf-8"
    )


def _peak_kib() -> int:
    """Peak of resident memory; `ru_maxrss` begins with that of the process that made the data."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1])


if __name__ == "__main__":
    main()
