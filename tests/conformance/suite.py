"""Everything `adapters/base.py` promises, as tests on any adapter; a kind's own test only says what the adapter is.

A test module defines a class that inherits Conformance, and the fixture `subject`. What an adapter does not claim in
its abilities must be refused; what it claims must be right.
"""

import asyncio
from itertools import product
from typing import Any

import pytest
from hypothesis import given

from adapters.base import (
    AS_OF,
    DISPUTED,
    KEY,
    LOCAL,
    Lookup,
    OrderKey,
    Rows,
    Search,
    SourceTimeout,
    Unreadable,
    UnsupportedSearch,
)
from schema.predicate import FALSE, TRUE, Op, Test
from tests.conformance.records import KEYS
from tests.conformance.subject import (
    GENERATED,
    HOSTILE,
    LIMIT,
    PREDICATES,
    Subject,
    by_key,
    expect,
    lookup,
    orders_of,
    picked,
    search,
    soon,
    supported,
)

__all__ = ["HOSTILE", "LIMIT", "Conformance", "Subject", "expect", "lookup", "search", "soon"]


class Conformance:
    """The promises."""

    async def test_rows_of_asked_keys(self, subject):
        """A look-up gives all rows of the asked keys, each key's in the source's own order, and no others."""
        for expected, ability in subject.records():
            for key in ability.keys & set(KEYS[expected.record]):
                columns = (KEY, *expected.columns)
                keys = expected.keys(key)[::2]
                rows = await subject.adapter.fetch(lookup(expected.record, columns, keys, key=key))
                assert rows.columns == columns
                assert not rows.truncated
                wanted = Rows(columns, picked(expected.lookup(key, keys, TRUE), columns))
                assert by_key(rows) == by_key(wanted)

    async def test_only_asked_columns(self, subject):
        """Rows hold the asked columns in the order asked, one alone, none, or one twice."""
        for expected, _ in subject.records():
            keys = expected.keys("uscc")
            for columns in [(LOCAL,), (*reversed(expected.fields), KEY), (), (LOCAL, KEY, LOCAL), (AS_OF, DISPUTED)]:
                rows = await subject.fetch(expected.record, columns, keys)
                assert rows.columns == columns
                assert sorted(rows.rows, key=repr) == sorted(
                    picked(expected.lookup("uscc", keys, TRUE), columns), key=repr
                )

    async def test_constants_alone(self, subject):
        """A field that is a constant is given for every row, also when nothing else is asked."""
        expected = subject.expected["Entity"]
        rows = await subject.fetch("Entity", ("registrationAuthority",), expected.keys("uscc")[:1])
        assert set(rows.rows) == {("示例市市场监督管理局",)}

    @pytest.mark.parametrize("key", HOSTILE)
    async def test_keys_without_rows(self, subject, key):
        """A key that no row has is absent from the answer, however odd it is, and disturbs no other."""
        expected = subject.expected["Entity"]
        held = expected.keys("uscc")[0]
        rows = await subject.fetch("Entity", (KEY,), (key, held))
        assert rows.rows == [(held,)]

    async def test_no_keys(self, subject):
        """Without keys there are no rows."""
        assert not (await subject.fetch("Entity", (KEY,), ())).rows

    async def test_null_keys_are_never_found(self, subject):
        """Rows whose key is missing belong to no key."""
        rows = await subject.fetch("Entity", (LOCAL,), ("", "-", "None", "NONE", "null"))
        assert not rows.rows

    async def test_several_rows_of_one_key(self, subject):
        """Two rows with the same key both come."""
        expected = subject.expected["Entity"]
        keys = [row["uscc"] for row in expected.rows]
        twice = {key for key in keys if key is not None and keys.count(key) > 1}
        assert twice
        rows = await subject.fetch("Entity", (KEY, LOCAL), twice)
        assert len(rows.rows) == 2 * len(twice)

    async def test_what_cannot_be_read_is_marked(self, subject):
        """A cell in the wrong form is Unreadable in its own place; its row and its neighbours are whole."""
        expected = subject.expected["Entity"]
        rows = await subject.fetch("Entity", ("establishedOn", "status", "uscc"), expected.keys("uscc"))
        marked = [row for row in rows.rows if row[0] is Unreadable.VALUE]
        assert marked
        assert all(isinstance(row[2], str) for row in marked)
        assert any(row[1] not in (None, Unreadable.VALUE) for row in marked)

    async def test_every_comparison_by_key(self, subject):
        """A predicate on a look-up agrees with `holds`, for every comparison that has a meaning."""
        for expected, _ in subject.records():
            keys = expected.keys("uscc")
            for test in expected.tests():
                rows = await subject.fetch(expected.record, (LOCAL,), keys, test)
                wanted = picked(expected.lookup("uscc", keys, test), (LOCAL,))
                assert sorted(rows.rows) == sorted(wanted), test

    @given(predicates=PREDICATES)
    @GENERATED
    async def test_generated_predicates_by_key(self, subject, predicates):
        """Nested predicates on a look-up agree with `holds`."""
        for expected, _ in subject.records():
            where = predicates[expected.record]
            keys = expected.keys("uscc")
            rows = await subject.fetch(expected.record, (LOCAL,), keys, where)
            assert sorted(rows.rows) == sorted(picked(expected.lookup("uscc", keys, where), (LOCAL,)))

    async def test_nothing_satisfies_false(self, subject):
        """The empty disjunction lets no row through, the empty conjunction all."""
        keys = subject.expected["Entity"].keys("uscc")
        assert not (await subject.fetch("Entity", (LOCAL,), keys, FALSE)).rows
        assert (await subject.fetch("Entity", (LOCAL,), keys, TRUE)).rows

    async def test_every_comparison_searched(self, subject):
        """A search agrees with `holds` for what the ability claims, and is refused otherwise."""
        for expected, ability in subject.records():
            for test in expected.tests():
                ask = search(expected.record, (LOCAL,), where=test)
                if not supported(ability, test):
                    with pytest.raises(UnsupportedSearch):
                        await subject.adapter.search(ask)
                else:
                    rows = await subject.adapter.search(ask)
                    assert rows.rows == picked(expected.search(test, ()), (LOCAL,)), test

    @given(predicates=PREDICATES)
    @GENERATED
    async def test_generated_predicates_searched(self, subject, predicates):
        """Nested predicates on a search agree with `holds`, and so does the count."""
        for expected, ability in subject.records():
            where = predicates[expected.record]
            ask = search(expected.record, (LOCAL,), where=where)
            if supported(ability, where) and ability.counts:
                wanted = picked(expected.search(where, ()), (LOCAL,))
                assert (await subject.adapter.search(ask)).rows == wanted
                assert await subject.adapter.count(ask) == len(wanted)

    @pytest.mark.parametrize("page", [1, 7, 1000])
    async def test_paging_gives_each_row_once(self, subject, page):
        """Windows one after the other give all rows, each once, in the order, whatever it is."""
        for expected, ability in subject.records():
            orders = orders_of(ability)[: 3 if page == 1 else None] if ability.counts else []
            for order in orders:
                columns = (*(key.column for key in order), LOCAL)
                found: list[tuple[Any, ...]] = []
                after = None
                while len(found) <= len(expected.rows):
                    ask = search(expected.record, columns, page, order=order, after=after)
                    rows = (await subject.adapter.search(ask)).rows
                    found.extend(rows)
                    if len(rows) < page:
                        break
                    after = rows[-1]
                assert found == picked(expected.search(TRUE, order), columns), order

    async def test_paging_within_a_filter(self, subject):
        """A filter, an order and a position together give the rows after the position that satisfy the filter."""
        for expected, ability in subject.records():
            fields = [name for name, op in sorted(ability.filters) if op is Op.IS_NULL]
            for field, order in product(fields, orders_of(ability)[:4]):
                where = Test(field, Op.IS_NULL)
                columns = (*(key.column for key in order), LOCAL)
                wanted = picked(expected.search(where, order), columns)
                for place in range(0, len(wanted), 9):
                    ask = search(expected.record, columns, 5, where=where, order=order, after=wanted[place])
                    assert (await subject.adapter.search(ask)).rows == wanted[place + 1 : place + 6]

    async def test_position_whose_row_is_gone(self, subject):
        """A position holds although no row is there any more."""
        expected, ability = subject.expected["Entity"], subject.adapter.abilities["Entity"]
        if ability.counts:
            wanted = [row for row in picked(expected.search(TRUE, ()), (LOCAL,)) if row[0] > "E0030x"]
            ask = search("Entity", (LOCAL,), after=("E0030x",))
            assert (await subject.adapter.search(ask)).rows == wanted

    async def test_count_ignores_the_window(self, subject):
        """The count is the same wherever the window lies."""
        for expected, ability in subject.records():
            if ability.counts:
                ask = search(expected.record, (LOCAL,), 1, after=(expected.rows[3][LOCAL],))
                assert await subject.adapter.count(ask) == len(expected.rows)

    async def test_a_search_gives_key_fields(self, subject):
        """A key that is no field of the record is a column all the same."""
        expected, ability = subject.expected["Licence"], subject.adapter.abilities["Licence"]
        if ability.counts:
            rows = await subject.adapter.search(search("Licence", ("uscc",)))
            assert rows.rows == picked(expected.search(TRUE, ()), ("uscc",))

    async def test_what_is_not_searchable_is_refused(self, subject):
        """A record that is not searchable is neither searched nor counted."""
        assert not subject.adapter.abilities["Penalty"].counts
        for ask in (search("Penalty", (LOCAL,)), search("Penalty", (LOCAL,), where=Test("fine", Op.IS_NULL))):
            with pytest.raises(UnsupportedSearch):
                await subject.adapter.search(ask)
            with pytest.raises(UnsupportedSearch):
                await subject.adapter.count(ask)

    @pytest.mark.parametrize(
        "change",
        [
            {"order": (OrderKey("registeredCapital"),)},
            {"order": (OrderKey("nope"),)},
            {"where": Test("nope", Op.IS_NULL)},
            {"where": Test("registeredCapital", Op.GE, "1")},
            {"where": Test("establishedOn", Op.GE, "2024-02-30")},
            {"where": Test("name", Op.EQ, True)},
            {"where": Test("name", Op.IN, "abc")},
            {"after": ()},
            {"after": ("x", "E0001")},
            {"columns": ("nope",)},
            {"columns": (KEY,)},
            {"record": "Nope"},
        ],
        ids=repr,
    )
    async def test_unknown_questions_are_refused(self, subject, change):
        """What is not in the abilities, or has no meaning, is refused as unsupported and never guessed at."""
        ask = {"record": "Entity", "columns": (LOCAL,), "first": 5, "deadline": soon(), "purpose": "测试", **change}
        with pytest.raises(UnsupportedSearch):
            await subject.adapter.search(Search(**ask))

    @pytest.mark.parametrize(
        "change",
        [
            {"key": "name2"},
            {"key": "registeredCapital"},
            {"columns": ("nope",)},
            {"where": Test("nope", Op.IS_NULL)},
            {"where": Test("registeredCapital", Op.EQ, "1")},
            {"record": "Nope"},
        ],
        ids=repr,
    )
    async def test_unknown_look_ups_are_refused(self, subject, change):
        """A look-up by what is no key, or of what is no column, is refused."""
        ask = {"record": "Entity", "columns": (LOCAL,), "key": "uscc", "keys": ("X",), "deadline": soon()}
        with pytest.raises(UnsupportedSearch):
            await subject.adapter.fetch(Lookup(**{"purpose": "测试", **ask, **change}))

    async def test_too_many_rows_are_cut_and_said(self, subject):
        """Beyond the limit rows are cut and the answer says so; at most one key's rows are incomplete."""
        expected = subject.expected["Licence"]
        keys = expected.keys("uscc")
        limited = subject.reopen(LIMIT)
        try:
            rows = await limited.fetch(lookup("Licence", (KEY, LOCAL), keys))
            everything = by_key(Rows((), picked(expected.lookup("uscc", keys, TRUE), (KEY, LOCAL))))
            assert rows.truncated
            assert len(rows.rows) == LIMIT
            cut = [key for key, found in by_key(rows).items() if found != everything[key]]
            assert len(cut) <= 1
            few = await limited.fetch(lookup("Licence", (LOCAL,), keys[:1]))
            assert not few.truncated
        finally:
            await limited.aclose()

    async def test_too_wide_a_window_is_cut_and_said(self, subject):
        """A window wider than the limit is cut to it and says so."""
        limited = subject.reopen(LIMIT)
        try:
            if limited.abilities["Entity"].counts:
                rows = await limited.search(search("Entity", (LOCAL,)))
                assert rows.truncated
                assert rows.rows == picked(subject.expected["Entity"].search(TRUE, ()), (LOCAL,))[:LIMIT]
                assert not (await limited.search(search("Entity", (LOCAL,), LIMIT))).truncated
        finally:
            await limited.aclose()

    async def test_a_passed_deadline_is_a_time_out(self, subject):
        """Past the deadline nothing is answered any more, and the adapter goes on working."""
        past = soon(-1)
        with pytest.raises(SourceTimeout):
            await subject.adapter.fetch(Lookup("Entity", (LOCAL,), "uscc", ("X",), past, "测试"))
        for ask in (subject.adapter.search, subject.adapter.count):
            if subject.adapter.abilities["Entity"].counts:
                with pytest.raises(SourceTimeout):
                    await ask(Search("Entity", (LOCAL,), 1, past, "测试"))
        await self.test_rows_of_asked_keys(subject)

    async def test_many_calls_at_once(self, subject):
        """Calls at the same time each get their own rows."""
        expected = subject.expected["Licence"]
        keys = expected.keys("uscc")
        asked = [subject.fetch("Licence", (KEY, LOCAL), (key,)) for key in keys * 3]
        for key, rows in zip(keys * 3, await asyncio.gather(*asked), strict=True):
            assert rows.rows == picked(expected.lookup("uscc", (key,), TRUE), (KEY, LOCAL))

    async def test_a_cancelled_call_harms_no_other(self, subject):
        """Calls that are given up leave the adapter able to answer."""
        keys = subject.expected["Licence"].keys("uscc")
        for _ in range(20):
            task = asyncio.create_task(subject.fetch("Licence", (LOCAL,), keys))
            await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        await self.test_many_calls_at_once(subject)

    async def test_answers_when_checked(self, subject):
        """A source that answers passes its check."""
        await subject.adapter.check()

    async def test_closes(self, subject):
        """Closing releases what was opened, whether it was used or not."""
        unused, used = subject.reopen(LIMIT), subject.reopen(LIMIT)
        await used.check()
        await unused.aclose()
        await used.aclose()
