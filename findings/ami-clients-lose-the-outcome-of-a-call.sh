#!/bin/sh
# Asterisk answers Originate with "queued", and reports later, by the event OriginateResponse, whether the lead has picked up. That event bears the
# ActionID of the request and a line "Response: Failure" or "Success". Two clients lose it, without an error; the event Hangup arrives in both:
#   asterisk.io 0.1.1 (npm)   never emits it: it takes an event with the lines Response and ActionID for a second answer, and drops that
#   basicami 0.1.0 (PyPI)     drops it when it arrives together with the answer to the request, as when a call fails at once
# A dialer that waits for the outcome shows the call as ringing for ever, and does not offer the lead again.
# yana 0.3.0 (npm) reports it in both cases.
#
# What to do: use another client; with these, take a Hangup of the channel for the end of the call as well.
set -eu
work=$(mktemp -d)
export TMPDIR="$work" npm_config_cache="$work/npm"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
npm install --silent --no-audit --no-fund asterisk.io@0.1.1 yana@0.3.0 >/dev/null
python3 -m venv venv
venv/bin/pip install -q basicami==0.1.0
cat >client.py <<'PYTHON'
import asyncio, sys

from basicami import BasicAMI


async def main() -> None:
    ami = await BasicAMI.connect("127.0.0.1", int(sys.argv[2]), "dialer", "secret")
    await ami.originate(channel="PJSIP/3015550123", application="Wait", data="1")
    for event in await ami.get_events(timeout=0.8):
        print(event["Event"])
    await ami.close()


asyncio.run(main())
PYTHON
cat >client.js <<'JS'
const [library, port] = process.argv.slice(2);
const REQUEST = { Channel: "PJSIP/3015550123", Application: "Wait", Data: "1", Async: "true" };
if (library === "asterisk.io") {
  const ami = require("asterisk.io").ami("127.0.0.1", port, "dialer", "secret");
  ami.on("eventAny", ({ Event }) => console.log(Event));
  ami.on("ready", () => ami.action("Originate", REQUEST, () => {}));
} else {
  const ami = new (require("yana"))({ host: "127.0.0.1", port, login: "dialer", password: "secret" });
  ami.on("event", ({ Event }) => console.log(Event));
  ami.connect(() => ami.send({ Action: "Originate", ...REQUEST }));
}
setTimeout(() => process.exit(), 1500);
JS
cat >serve.py <<'PYTHON'
import socket, subprocess, sys, time


def message(**headers: str) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode() + b"\r\n"


def events_seen(command: list[str], together: bool) -> str:
    """Answer one client like Asterisk: the call fails, at once or half a second after the answer."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(20)
        client = subprocess.Popen([*command, str(server.getsockname()[1])], stdout=subprocess.PIPE, text=True)
        connection, _ = server.accept()
        with connection:
            connection.sendall(b"Asterisk Call Manager/9.0.0\r\n")
            for _ in range(2):
                request = b""
                while not request.endswith(b"\r\n\r\n"):
                    request += connection.recv(4096)
                headers = dict(line.split(": ", 1) for line in request.decode().strip().split("\r\n"))
                same = {"ActionID": headers["ActionID"]}
                if headers["Action"] == "Login":
                    connection.sendall(message(Response="Success", **same, Message="Authentication accepted"))
                    continue
                answer = message(Response="Success", **same, Message="Originate successfully queued")
                outcome = message(Event="OriginateResponse", Privilege="call,all", **same, Response="Failure", Reason="5")
                hangup = message(Event="Hangup", Privilege="call,all", Channel="PJSIP/3015550123-00000001", Cause="17")
                if not together:
                    connection.sendall(answer)
                    time.sleep(0.5)
                    answer = b""
                connection.sendall(answer + outcome + hangup)
            return " ".join(client.communicate(timeout=20)[0].split())


for name, command in (
    ("asterisk.io", ["node", "client.js", "asterisk.io"]),
    ("basicami", [sys.executable, "client.py", "basicami"]),
    ("yana", ["node", "client.js", "yana"]),
):
    for together in True, False:
        print(f"{name}, {'with the answer' if together else 'half a second later'}: {events_seen(command, together)}")
PYTHON
venv/bin/python serve.py >observed.txt
cat >expected.txt <<'LINES'
asterisk.io, with the answer: Hangup
asterisk.io, half a second later: Hangup
basicami, with the answer: Hangup
basicami, half a second later: OriginateResponse Hangup
yana, with the answer: OriginateResponse Hangup
yana, half a second later: OriginateResponse Hangup
LINES
echo "events that a client reports when a call fails, at once with the answer to the request or later:"
cat observed.txt
cmp observed.txt expected.txt
