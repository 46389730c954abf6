"""Signals and deadlines end a run between two batches, and cancel what outlasts the grace."""

import ctypes
import os
import signal
import threading
import time
from pathlib import Path

import pytest

from job.core.errors import ExitCode, StoppedError, TemporaryError
from job.core.stop import Stop

WAIT = 10.0  # for events that come at once; a bound, not a measure


def send(number: signal.Signals) -> None:
    os.kill(os.getpid(), number)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_ends_the_run_with_its_exit_code(number: signal.Signals, code: int) -> None:
    with Stop() as stop:
        stop.check()
        send(number)
        assert stop.event.wait(WAIT)
        with pytest.raises(StoppedError) as caught:
            stop.check()
    assert caught.value.exit_code == ExitCode(code)


def test_check_knows_of_the_signal_at_once() -> None:
    with Stop() as stop:
        send(signal.SIGTERM)
        with pytest.raises(StoppedError):
            stop.check()


def test_callbacks_run_while_the_main_thread_sits_in_a_c_call() -> None:
    ran = threading.Event()
    libc = ctypes.CDLL(None, use_errno=True)
    pipe_out, pipe_in = os.pipe()

    def end_the_call() -> None:
        ran.set()
        os.write(pipe_in, b"x")

    with Stop() as stop:
        stop.on_stop(end_the_call)
        threading.Timer(0.1, send, [signal.SIGTERM]).start()
        # A read in C that, like libpq's, goes on after an interrupting signal; only the callback can end it.
        while libc.read(pipe_out, ctypes.create_string_buffer(1), 1) != 1:
            assert ctypes.get_errno() == 4
        assert ran.is_set()
    os.close(pipe_out)
    os.close(pipe_in)


def test_the_work_in_hand_has_its_grace() -> None:
    over, early = threading.Event(), threading.Event()
    with Stop(grace_seconds=0.2) as stop:
        stop.on_grace_over(over.set)
        stop.on_stop(early.set)
        send(signal.SIGTERM)
        assert early.wait(WAIT)
        assert over.wait(WAIT)


def test_no_cancelling_when_the_run_ends_within_its_grace() -> None:
    over = threading.Event()
    with Stop(grace_seconds=60) as stop:
        stop.on_grace_over(over.set)
        send(signal.SIGTERM)
        assert stop.event.wait(WAIT)
    assert not over.is_set()
    assert not [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]


def test_a_second_signal_ends_the_grace() -> None:
    over = threading.Event()
    with Stop(grace_seconds=60) as stop:
        stop.on_grace_over(over.set)
        send(signal.SIGTERM)
        assert stop.event.wait(WAIT)
        send(signal.SIGINT)
        assert over.wait(WAIT)
        with pytest.raises(StoppedError) as caught:
            stop.check()
    assert caught.value.exit_code in {ExitCode.TERMINATED, ExitCode.INTERRUPTED}


def test_a_callback_that_was_taken_back_is_not_called() -> None:
    called: list[str] = []
    with Stop() as stop:
        stop.on_stop(lambda: called.append("one"))()
        stop.on_stop(lambda: called.append("two"))
        send(signal.SIGTERM)
        assert stop.event.wait(WAIT)
    assert called == ["two"]


def test_a_callback_that_comes_late_is_called_at_once() -> None:
    called: list[str] = []
    with Stop() as stop:
        send(signal.SIGTERM)
        assert stop.event.wait(WAIT)
        stop.on_stop(lambda: called.append("late"))
        assert called == ["late"]


def test_one_failing_callback_does_not_keep_the_others() -> None:
    called = threading.Event()

    def fail() -> None:
        raise ValueError

    with Stop() as stop:
        stop.on_stop(fail)
        stop.on_stop(called.set)
        send(signal.SIGTERM)
        assert called.wait(WAIT)


def test_a_stage_that_takes_too_long_is_temporary() -> None:
    with Stop() as stop, stop.stage_deadline(0.05):
        assert stop.event.wait(WAIT)
        with pytest.raises(TemporaryError, match=r"longer than 0\.05 seconds"):
            stop.check()


def test_a_stage_that_ends_in_time_stops_nothing() -> None:
    with Stop() as stop:
        with stop.stage_deadline(0.05):
            pass
        time.sleep(0.1)
        assert not stop.event.is_set()
        stop.check()


def test_the_handlers_from_before_come_back() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    descriptors = len(list(Path("/proc/self/fd").iterdir()))
    with Stop():
        assert signal.getsignal(signal.SIGTERM) != before[1]
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before
    assert len(list(Path("/proc/self/fd").iterdir())) == descriptors


def test_what_outlasts_the_grace_is_cancelled_again_and_again() -> None:
    """A cancel that comes between two statements hits neither."""
    calls, enough = [], threading.Event()

    def cancel() -> None:
        calls.append(time.monotonic())
        if len(calls) == 3:
            enough.set()

    with Stop(grace_seconds=0.05) as stop:
        take_back = stop.on_grace_over(cancel)
        send(signal.SIGTERM)
        assert enough.wait(WAIT)
        take_back()
        number = len(calls)
        time.sleep(1)
        assert len(calls) <= number + 1
