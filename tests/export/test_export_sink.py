"""The output stream of exports."""

from __future__ import annotations

import errno
import io
import os
import threading
import time
from functools import partial

import pytest

from lead_tui.export.writer import Sink, json_escaped
from lead_tui.leads.errors import OutputError


class Refusing(io.BytesIO):
    """A stream that fails with *error*."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def write(self, data: object) -> int:
        raise self.error


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), "closed before everything was written"),
        (OSError(errno.ENOSPC, "No space left on device"), "the disk is full"),
        (OSError(errno.EIO, "Input/output error"), "input/output error"),
        (ValueError("write to closed file"), "it is closed"),
    ],
)
def test_a_failure_to_write_is_an_output_error_with_its_reason(error: Exception, said: str) -> None:
    sink = Sink(Refusing(error))
    for act in (partial(sink.write, "text"), partial(sink.write, b"{}", json_escaped)):
        with pytest.raises(OutputError, match=said) as caught:
            act()
        assert caught.value.exit_code == 6


def test_a_terminal_with_another_encoding_gets_what_it_can_show() -> None:
    stream = io.BytesIO()
    sink = Sink(stream, terminal=True, encoding="latin-1")
    sink.write("é日\x1b")
    sink.write('{"a":"é日"}'.encode(), json_escaped)
    assert stream.getvalue() == b'\xe9\\u65e5\\x1b{"a":"\xe9\\u65e5"}'


def test_elsewhere_text_is_utf8_whatever_it_holds() -> None:
    stream = io.BytesIO()
    Sink(stream, encoding="latin-1").write("é日\ud800\x1b")
    assert stream.getvalue() == "é日?\x1b".encode()


def test_a_full_pipe_that_does_not_block_is_waited_for_without_using_the_processor() -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    received: list[bytes] = []

    def read_late() -> None:
        time.sleep(0.3)
        with open(reading, "rb") as reader:
            received.append(reader.read())

    reader = threading.Thread(target=read_late)
    reader.start()
    before = time.thread_time()
    with io.FileIO(writing, "w") as stream:
        Sink(stream).write_bytes(bytes(200_000))
    reader.join()
    assert (len(received[0]), time.thread_time() - before < 0.05) == (200_000, True)
