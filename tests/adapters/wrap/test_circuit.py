"""The judgement of a breaker, on given times: what opens it, how long, what closes it, and what says nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.wrap.circuit import Circuit, Tolerance

TOLERANCE = Tolerance(failures=5, percent=50, seconds=2, longest=30)


def circuit(chance=0.0, **changed):
    """A circuit that draws the same chance always."""
    given = {"failures": 5, "percent": 50, "seconds": 2.0, "longest": 30.0, **changed}
    return Circuit(Tolerance(**given), lambda: chance)


def fail(tested, *times, keys=()):
    """Failures of questions that take no time."""
    for at in times:
        assert tested.may_pass(at)
        tested.fail(tested.enter(at), at, frozenset(keys))


def succeed(tested, *times):
    """Answers to questions that take no time."""
    for at in times:
        assert tested.may_pass(at)
        tested.succeed(tested.enter(at), at)


def opened(at=10.0, **changed):
    """A circuit that has just opened."""
    tested = circuit(**changed)
    fail(tested, *(at - 4 + number for number in range(5)))
    assert tested.is_open
    return tested


def test_failures_in_a_row_open_it():
    """The fifth in a row opens it, and an answer between them starts the row anew."""
    tested = circuit()
    fail(tested, 1, 2, 3, 4)
    succeed(tested, 5)
    fail(tested, 6, 7, 8, 9)
    assert not tested.is_open
    fail(tested, 10)
    assert tested.is_open
    assert not tested.may_pass(10.1)


def test_failures_under_way_together_count_once():
    """A hundred parts of one question that fail together are one piece of evidence, below the number a rate needs."""
    tested = circuit()
    for start in (1, 2, 3, 4):
        passes = [tested.enter(start) for _ in range(4)]
        for granted in passes:
            tested.fail(granted, start + 0.5)
    assert not tested.is_open
    fail(tested, 5)
    assert tested.is_open


def test_a_rate_opens_it():
    """Half of at least twenty outcomes, however mixed and simultaneous, open it; fewer or a smaller part do not."""
    tested = circuit()
    passes = [tested.enter(1) for _ in range(19)]
    for granted in passes:
        tested.fail(granted, 2)
    assert not tested.is_open
    tested.fail(tested.enter(1), 2)
    assert tested.is_open
    mostly = circuit()
    for number in range(100):
        succeed(mostly, number / 10)
        if number % 3 == 0:
            fail(mostly, number / 10)
    assert not mostly.is_open


def test_a_rate_looks_back_half_a_minute():
    """Failures older than that no longer count, nor do answers."""
    tested = circuit()
    for granted in [tested.enter(0) for _ in range(12)]:
        tested.fail(granted, 1)
    for granted in [tested.enter(40) for _ in range(12)]:
        tested.fail(granted, 41)
    assert not tested.is_open
    busy = circuit()
    for number in range(30):
        succeed(busy, number / 100)
    for granted in [busy.enter(40) for _ in range(20)]:
        busy.fail(granted, 41)
    assert busy.is_open


def test_failures_that_share_a_key_count_once():
    """One bad row, asked for again and again, alone or among others, opens nothing; five different ones do."""
    tested = circuit()
    for number in range(1, 60):
        fail(tested, number / 2, keys={7})
        fail(tested, number / 2 + 0.2, keys={7, 1_000 + number})
    assert not tested.is_open
    fail(tested, 31, keys={1})
    fail(tested, 32, keys={2})
    fail(tested, 33, keys={3})
    assert not tested.is_open
    fail(tested, 34, keys={4})
    assert tested.is_open


def test_a_bad_key_is_no_answer_of_a_probe():
    """A probe for a key that is known to be bad says nothing: the next question probes at once."""
    tested = circuit()
    for key in range(5):
        fail(tested, 1 + key, keys={key})
    assert tested.is_open
    fail(tested, 8, keys={3})
    assert tested.is_open
    succeed(tested, 8.1)
    assert not tested.is_open


def test_many_bad_keys_are_not_kept():
    """However many keys fail, those that are remembered are bounded."""
    tested = circuit(failures=100, percent=100)
    succeed(tested, 0)
    for number in range(200):
        succeed(tested, number / 10)
        fail(tested, number / 10 + 0.05, keys=range(number * 100, number * 100 + 100))
    assert len(tested._blamed) <= 5_000
    assert not tested.is_open


@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
def test_it_stays_open_longer_each_time_and_never_longer_than_said(chance):
    """Under steady questions it stays open for 2, 4, 8, 16, 30, 30 seconds, of which jitter takes a quarter at most."""
    tested = opened(chance=chance)
    at = 10.0
    for most in (2, 4, 8, 16, 30, 30):
        reopened = at
        while not tested.may_pass(at):
            at += 0.01
        assert at - reopened == pytest.approx(most * (1 - chance / 4), abs=0.02)
        tested.fail(tested.enter(at), at)
    succeed(tested, at + 30)
    fail(tested, *(at + 31 + number for number in range(5)))
    assert tested.may_pass(at + 35 + 2)


def test_who_asks_rarely_is_never_refused_for_long():
    """However often it failed, a question after `breaker_seconds` without one is the probe."""
    tested = opened()
    at = 10.0
    for _ in range(8):
        assert not tested.may_pass(at + 1.4)
        at += 1.4 + 2
        assert tested.may_pass(at)
        tested.fail(tested.enter(at), at)
    assert not tested.may_pass(at + 1.9)


def test_one_probe_at_a_time():
    """While a probe is under way nobody else passes; how it ends decides for all."""
    tested = opened()
    assert tested.may_pass(12)
    probe = tested.enter(12)
    assert tested.is_probe(probe)
    assert not any(tested.may_pass(12 + number / 100) for number in range(1_000))
    tested.succeed(probe, 13)
    assert not tested.is_open
    assert tested.may_pass(13)


def test_a_probe_that_says_nothing_leaves_its_place():
    """After a probe that was cancelled the next question is the probe."""
    tested = opened()
    assert tested.may_pass(12)
    tested.release(tested.enter(12))
    assert tested.is_open
    assert tested.may_pass(12.1)


def test_what_was_asked_before_it_opened_proves_nothing():
    """Late answers do not close it, late failures do not lengthen it, and none counts after it has closed."""
    tested = circuit()
    late = [tested.enter(0.5) for _ in range(12)]
    fail(tested, 6, 7, 8, 9, 10)
    for granted in late[:6]:
        tested.succeed(granted, 10.5)
        tested.fail(granted, 10.5)
    assert tested.is_open
    assert tested.may_pass(12)
    tested.succeed(tested.enter(12), 12)
    for granted in late[6:]:
        tested.fail(granted, 12.5)
    assert not tested.is_open


def test_a_check_closes_it_on_probation():
    """Found to answer by a check, it lets all pass; one more failure opens it again, and for longer."""
    tested = opened()
    tested.trust(11)
    assert not tested.is_open
    assert tested.may_pass(11)
    late, next_one = tested.enter(10.9), tested.enter(11)
    tested.fail(late, 11.2)
    assert not tested.is_open
    tested.fail(next_one, 11.2)
    assert tested.is_open
    assert not any(tested.may_pass(at) for at in (12.5, 13.9, 15.1))
    assert tested.may_pass(15.21)


def test_after_an_answer_a_check_leaves_no_probation():
    """Once a question has been answered, it takes a whole row of failures again."""
    tested = opened()
    tested.trust(11)
    succeed(tested, 12)
    fail(tested, 13, 14, 15, 16)
    assert not tested.is_open


def test_a_check_beside_a_probe_settles_it():
    """A probe that ends after a check has closed it neither opens nor blocks it."""
    tested = opened()
    assert tested.may_pass(12)
    probe = tested.enter(12)
    tested.trust(12.5)
    tested.fail(probe, 13)
    assert not tested.is_open
    assert tested.may_pass(13)


@given(
    st.lists(
        st.tuples(
            st.floats(0.001, 5),
            st.sampled_from(["ask", "succeed", "fail", "blame", "release", "trust"]),
            st.integers(0, 9),
        ),
        max_size=200,
    ),
    st.floats(0, 1),
)
def test_whatever_happens_it_is_never_stuck(steps, chance):
    """After any history one question passes at last, and its answer closes the circuit."""
    tested = Circuit(TOLERANCE, lambda: chance)
    at, held = 0.0, []
    for pause, step, number in steps:
        at += pause
        if step == "ask":
            if tested.may_pass(at):
                held.append(tested.enter(at))
        elif step == "trust":
            tested.trust(at)
        elif held:
            granted = held.pop(number % len(held))
            if step == "succeed":
                tested.succeed(granted, at)
            elif step == "release":
                tested.release(granted)
            else:
                tested.fail(granted, at, frozenset({number}) if step == "blame" else frozenset())
    for granted in held:
        tested.release(granted)
    assert tested.may_pass(at + 30)
    tested.succeed(tested.enter(at + 30), at + 30)
    assert not tested.is_open
