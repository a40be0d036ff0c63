#!/bin/sh
# A phone of its own beside the dialer can look up each caller. pyVoIP 1.6.8 (PyPI) reads a call's From header so:
#   From: "Public, Jane" <sip:+13015550123@pbx.example.com>            name  Public, Jane" and a blank
#   From: <sip:+13015550123;isub=12@pbx.example.com>                   number  +13015550123;isub=12
#   f: "Public, Jane" <sip:+13015550123@pbx.example.com>               no caller: the short names of headers are not known
# sipmessage 0.7.1 (PyPI) gives Public, Jane in the first and the last, and keeps isub in the user part as well.
#
# What to do: take the name up to its last quotation mark, and the number up to the first semicolon; read f where there is no From.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
python3 -m venv venv
venv/bin/pip install -q pyVoIP==1.6.8 sipmessage==0.7.1
cat >read.py <<'PYTHON'
import pyVoIP.VoIP  # before pyVoIP.SIP, which cannot be imported first
from pyVoIP.SIP import SIPMessage
from sipmessage import Message

CALL = """INVITE sip:agent@pbx.example.com SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK234
{caller};tag=8
To: <sip:agent@pbx.example.com>
Call-ID: 1000234@pbx.example.com
CSeq: 1 INVITE
Max-Forwards: 70
Content-Length: 0

"""
for caller in (
    'From: "Public, Jane" <sip:+13015550123@pbx.example.com>',
    "From: <sip:+13015550123;isub=12@pbx.example.com>",
    'f: "Public, Jane" <sip:+13015550123@pbx.example.com>',
):
    call = CALL.format(caller=caller).replace("\n", "\r\n").encode()
    read = SIPMessage(call).headers.get("From")
    print(caller)
    print("  pyVoIP:", f"{read['caller']!r}, {read['number']}" if read else "no caller")
    address = Message.parse(call).from_address
    print(f"  sipmessage: {address.name!r}, {address.uri.user}")
PYTHON
cat >expected.txt <<'LINES'
From: "Public, Jane" <sip:+13015550123@pbx.example.com>
  pyVoIP: 'Public, Jane" ', +13015550123
  sipmessage: 'Public, Jane', +13015550123
From: <sip:+13015550123;isub=12@pbx.example.com>
  pyVoIP: '', +13015550123;isub=12
  sipmessage: '', +13015550123;isub=12
f: "Public, Jane" <sip:+13015550123@pbx.example.com>
  pyVoIP: no caller
  sipmessage: 'Public, Jane', +13015550123
LINES
venv/bin/python read.py | tee observed.txt
cmp observed.txt expected.txt
