#!/bin/sh
# mutagen 1.48.1 and wavinfo 4.0.1 (PyPI) give the length of WAV files. Phone systems record calls in WAV with GSM 6.10 ("wav49" in Asterisk, 1.6 KB
# a second) or ADPCM, where a block of 65 or 256 bytes holds 320 or 505 samples. Both libraries count a block as one sample, without an error:
#   60 s of GSM 6.10     0.1875 s, at a bitrate of 0 (mutagen)
#   60 s of IMA ADPCM    0.12 s
#   60 s of mu-law       60 s
# A report of talk times, or a rule that skips recordings under five seconds as "no answer", takes each of these calls for one that failed.
# The file says how many samples it has in its `fact` chunk, and how many bytes a second takes in `fmt `: tinytag 2.3.2 uses the latter.
#
# What to do: read lengths with tinytag, sox or ffprobe, or divide the size of the `data` chunk by the byte rate.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
python3 -m venv venv
venv/bin/pip install -q mutagen==1.48.1 wavinfo==4.0.1 lxml==6.1.3 tinytag==2.3.2
cat >lengths.py <<'PYTHON'
import struct
from pathlib import Path

from mutagen.wave import WAVE
from tinytag import TinyTag
from wavinfo import WavInfoReader

RATE, SECONDS = 8000, 60


def write(name: str, tag: int, bits: int, block: int, samples_per_block: int) -> None:
    """Write a minute of silence, mono: blocks of *block* bytes with *samples_per_block* samples each."""
    blocks = -(-RATE * SECONDS // samples_per_block)
    data = bytes(block) * blocks
    byte_rate = RATE * block // samples_per_block
    form = struct.pack("<HHIIHH", tag, 1, RATE, byte_rate, block, bits)
    if samples_per_block > 1:
        form += struct.pack("<HH", 2, samples_per_block)
    chunks = b""
    for label, body in ((b"fmt ", form), (b"fact", struct.pack("<I", blocks * samples_per_block)), (b"data", data)):
        chunks += label + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
    Path(name).write_bytes(b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WAVE" + chunks)


write("mu-law", 7, 8, 1, 1)
write("gsm", 0x31, 0, 65, 320)
write("ima-adpcm", 0x11, 4, 256, 505)
for name in ("mu-law", "gsm", "ima-adpcm"):
    info = WAVE(name).info
    other = WavInfoReader(name)
    print(
        f"{name}: mutagen {info.length:.2f} s, {info.bitrate} bit/s;",
        f"wavinfo {other.data.frame_count / other.fmt.sample_rate:.2f} s;",
        f"tinytag {TinyTag.get(name).duration:.0f} s",
    )
PYTHON
cat >expected.txt <<'LINES'
mu-law: mutagen 60.00 s, 64000 bit/s; wavinfo 60.00 s; tinytag 60 s
gsm: mutagen 0.19 s, 0 bit/s; wavinfo 0.19 s; tinytag 60 s
ima-adpcm: mutagen 0.12 s, 32000 bit/s; wavinfo 0.12 s; tinytag 60 s
LINES
venv/bin/python lengths.py | tee observed.txt
cmp observed.txt expected.txt
