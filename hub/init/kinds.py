"""What each kind of source is asked for, and the mapping of its records; files and databases are asked for here."""

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from adapters.registry import options_of
from adapters.sql_backends import BACKENDS
from hub.init.asking import REFERENCES
from hub.init.kinds_http import ask_graphql, ask_rest, ask_soap
from hub.init.looking import ask, dropped_heading, heading, look, shown, tables
from hub.init.proposing import dialects_of, propose
from hub.init.source import Placed, Placer, Source
from hub.init.writing import said
from hub.suggest.proposing import needs_uscc
from schema.catalogue import RecordRule

KINDS: Mapping[str, str] = {
    "sql": "数据库 / a database: PostgreSQL, MariaDB, SQLite, Oracle, 达梦 …",
    "tabular": "文件交换目录 / CSV, XLSX and XLS dropped into a folder",
    "rest": "JSON 接口 / a service that answers JSON",
    "graphql": "GraphQL 接口 / a service that answers GraphQL",
    "soap": "WebService / a service that a WSDL describes",
    "memory": "小表,启动时读一次 / a small CSV or JSON table, read at start",
}
_TAKES = {
    "ok": "写完后放 .ok 标记 / a marker .ok beside the file",
    "rename": "写完后改名 / renamed when complete",
    "stable": "大小和时间不再变化 / size and time rest for some seconds",
}


def ask_source(source: Source) -> dict[str, Any]:
    """Everything a source says of itself, its records included."""
    ways: Mapping[str, Callable[[Source], tuple[dict[str, Any], Placer]]] = {
        "graphql": ask_graphql,
        "memory": _ask_memory,
        "rest": ask_rest,
        "soap": ask_soap,
        "sql": _ask_sql,
        "tabular": _ask_tabular,
    }
    options, placer = ways[source.kind](source)
    records: list[dict[str, Any]] = []
    names = {name: rule.declared.zh for name, rule in sorted(source.catalogue.records.items())}
    while source.asker.more(f"{source.at}.record", len(records) + 1, "这个数据源还有别的记录吗 / another record?"):
        at = f"{source.at}.record.{len(records) + 1}"
        name = source.asker.choice(f"{at}.record", "它载有哪种记录 / which record does it hold", names)
        rule = source.catalogue.records[name]
        place, columns = placer(at, rule)
        records.append({"record": name, **place, **_ask_mapping(source, at, rule, columns)})
    return {**options, "record": records}


def _ask_mapping(source: Source, at: str, rule: RecordRule, columns: list[str]) -> dict[str, Any]:
    asker = source.asker
    known = dialects_of(rule.name)
    offers = {"none": "都不是,按列名对应 / none of these: by equal names", **known}
    dialect = (
        asker.choice(f"{at}.dialect", "列名用的是哪套词汇 / whose vocabulary", offers, "none") if known else "none"
    )
    joins = options_of(source.kind).joins_local
    spoken = None if dialect == "none" else dialect
    proposal = propose(rule, columns, spoken, joins_local=joins)
    if columns:
        asker.tell(f"  看到的列 / columns seen: {shown(columns)}")
    asker.show({name: f"← {'–' if column is False else column}" for name, column in proposal.columns.items()})
    changed = asker.changes(f"{at}.columns", "改动:字段=列,字段= 为不要,空行结束 / field=column, empty line to end")
    mapped = {**proposal.columns, **changed}
    mapped = mapped if spoken else {name: column for name, column in mapped.items() if column is not False}
    missing = needs_uscc(source.catalogue, rule.name) and (spoken is None or "uscc" in proposal.keys)
    keys = asker.table(f"{at}.keys")
    if missing and "uscc" not in keys:
        default = proposal.keys.get("uscc") or None
        keys["uscc"] = asker.text(f"{at}.keys.uscc", "统一社会信用代码所在的列 / column of the credit code", default)
    local = asker.text(f"{at}.local", "行标识所在的列 / column that identifies a row", proposal.local)
    as_of = asker.text(f"{at}.as_of", "数据时间所在的列(可空) / column of the data time", "")
    days = asker.text(f"{at}.fresh_days", "约定几天更新一次(可空) / agreed days between updates", "", _whole)
    found = {"dialect": spoken, "local": local, "as_of": as_of, "fresh_days": int(days) if days else None}
    _tell_enumerations(source, rule, mapped)
    return {**said({**found, "keys": keys}), "columns": mapped}


def _tell_enumerations(source: Source, rule: RecordRule, mapped: Mapping[str, Any]) -> None:
    named = (
        [name for name, column in mapped.items() if isinstance(column, str) and rule.fields[name].enum is not None]
        if set(mapped) <= set(rule.fields)
        else []
    )
    if named:
        source.asker.tell(
            f"  ! {', '.join(named)} 是枚举:来源的代码与目录不同时,在文件中补 codes / "
            "enumerations: add `codes` in the file where the source writes other codes"
        )


def _ask_sql(source: Source) -> tuple[dict[str, Any], Placer]:
    asker = source.asker
    written = asker.text(
        f"{source.at}.url",
        "数据库地址,不含密码 / its address without password, postgresql://user@host/database",
        check=_database,
    )
    address, url = _address(source, written)
    nothing: dict[str, list[str]] = {}
    seen = look(asker, lambda: ask(tables(address)), nothing)

    def place(at: str, _rule: RecordRule) -> Placed:
        asker.show({name: shown(columns, 8) for name, columns in seen.items()})
        table = asker.text(f"{at}.table", "表或视图 / table or view")
        return {"table": table}, seen.get(table, [])

    return {"url": url}, place


def _address(source: Source, written: str) -> tuple[str, str]:
    """The whole address of a database, and how the configuration refers to it."""
    if written.startswith(REFERENCES):
        return source.asker.resolve(f"{source.at}.url", written), written
    url = make_url(written)
    if url.get_backend_name() == "sqlite":
        place = source.draft.folder / str(url.database)
        return url.set(database=str(place)).render_as_string(hide_password=False), written
    found = source.asker.secret(f"{source.at}.password", "密码,不显示(没有则空) / its password, not shown")
    if found is None:
        return written, written
    whole = url.set(password=found[1]).render_as_string(hide_password=False)
    return whole, source.draft.keep(f"{source.name}-url", whole)


def _ask_memory(source: Source) -> tuple[dict[str, Any], Placer]:
    def place(at: str, _rule: RecordRule) -> Placed:
        file = source.asker.text(f"{at}.file", "文件,CSV(UTF-8)或 JSON / file, CSV or JSON in UTF-8")
        return {"file": file}, look(source.asker, lambda: heading(source.draft.folder / file), [])

    return {}, place


def _ask_tabular(source: Source) -> tuple[dict[str, Any], Placer]:
    asker, at = source.asker, source.at
    folder = asker.text(f"{at}.folder", "收件目录 / folder the files are dropped into")
    options = {
        "basis": asker.text(f"{at}.basis", "保存副本的依据 / on which basis a copy is kept"),
        "keep_days": int(asker.text(f"{at}.keep_days", "副本最多保存几天 / most days a copy is kept", "30", _whole)),
        "folder": folder,
        "store": asker.text(
            f"{at}.store", "加密副本放在哪里 / where the encrypted copy lies", f"stores/{source.name}.db"
        ),
    }
    given = asker.text(
        f"{at}.key", "副本密钥,env: 或 file:(空则生成) / its key by reference, or nothing to make one", ""
    )
    if given:
        asker.resolve(f"{at}.key", given)
    key = given or source.draft.keep(f"{source.name}-store-key", secrets.token_hex(32))

    def place(at: str, _rule: RecordRule) -> Placed:
        files = asker.text(f"{at}.files", "文件名样式 / pattern of the file names", "*.csv")
        take = asker.choice(f"{at}.take", "怎样算写完 / when a file is whole", _TAKES, "stable")
        columns: list[str] = look(asker, lambda: dropped_heading(source.draft.folder / folder, files), [])
        return {"files": files, "take": take}, columns

    return {**options, "key": key}, place


def _database(text: str) -> str:
    if text.startswith(REFERENCES):
        return text
    try:
        url = make_url(text)
    except ArgumentError:
        raise ValueError("不是数据库地址 / is not the address of a database") from None
    if url.get_backend_name() not in BACKENDS:
        raise ValueError(f"只认识 / there are only: {', '.join(sorted(BACKENDS))}")
    if url.password:
        raise ValueError("地址里不要写密码,随后会单独询问 / leave the password out: it is asked for next")
    return text


def _whole(text: str) -> str:
    if text and not (text.isascii() and text.isdecimal() and int(text) > 0):
        raise ValueError("须为正整数 / must be a whole number above 0")
    return text
