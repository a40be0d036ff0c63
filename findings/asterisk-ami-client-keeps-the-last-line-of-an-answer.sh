#!/bin/sh
# asterisk-ami-client 1.1.5 (npm) connects programs to Asterisk's manager interface (AMI), as for showing an agent's calls beside the leads. In AMI a
# header may come several times in one message: since Asterisk 14 each line of what a command prints is an "Output:" of its own, and each variable
# of a channel a "ChanVariable:". Of these it keeps the last one, without an error:
#   core show channels             "2 active channels" is all of it: no channel, no number that is being dialed
#   lead_id=42, campaign=spring    the lead's id is gone, "campaign=spring" remains
# With one variable, or a command that prints one line, all is there, and which variable comes last is up to the order in manager.conf. yana 0.3.0
# and asterisk-manager 0.2.0 (npm) return all of them.
#
# What to do: one of those; or make a channel's variables one, as channelvars=lead in manager.conf with lead=42,spring.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
npm install --silent --no-audit --no-fund asterisk-ami-client@1.1.5 yana@0.3.0 asterisk-manager@0.2.0 >/dev/null
cat >clients.js <<'JS'
const assert = require("assert");
const net = require("net");
const AmiClient = require("asterisk-ami-client");
const AsteriskManager = require("asterisk-manager");
const Yana = require("yana");

const OUTPUT = ["Channel      Location  State", "PJSIP/101-1  s@default Up", "PJSIP/102-1  s@default Up", "2 active channels"];
const message = (...lines) => lines.map((line) => `${line}\r\n`).join("") + "\r\n";
const event = (...variables) => message("Event: Newstate", "Channel: PJSIP/101-1", ...variables.map((text) => `ChanVariable: ${text}`));
const server = net.createServer((socket) => {
  let received = "";
  socket.on("error", () => {});
  socket.write("Asterisk Call Manager/5.0.4\r\n");
  socket.on("data", (data) => {
    const actions = (received += data).split("\r\n\r\n");
    received = actions.pop();
    for (const action of actions) {
      const id = /^ActionID: *(.*)$/im.exec(action);
      const lines = ["Response: Success", ...(id ? [`ActionID: ${id[1]}`] : [])];
      if (/^Action: *command/im.test(action)) lines.push("Message: Command output follows", ...OUTPUT.map((line) => `Output: ${line}`));
      socket.write(message(...lines));
      if (/^Action: *login/im.test(action)) setTimeout(() => socket.write(event("lead_id=42", "campaign=spring") + event("lead_id=43")), 300);
    }
  });
});
const collect = (seen, done) => (found) => {
  if ((found.Event ?? found.event) !== "Newstate") return;
  seen.push(found.ChanVariable ?? found.chanvariable);
  if (seen.length === 2) done(seen);
};

server.listen(0, "127.0.0.1", async () => {
  const { port } = server.address();
  const client = new AmiClient();
  let events = new Promise((done) => client.on("event", collect([], done)));
  await client.connect("user", "secret", { host: "127.0.0.1", port });
  const answer = new Promise((done) => client.on("response", (found) => /follows/.test(found.Message) && done(found.Output)));
  client.action({ Action: "Command", Command: "core show channels" });
  console.log("asterisk-ami-client:", await answer, await events);
  assert.strictEqual(await answer, "2 active channels");
  assert.deepStrictEqual(await events, ["campaign=spring", "lead_id=43"]);

  const yana = new Yana({ host: "127.0.0.1", port, login: "user", password: "secret" });
  events = new Promise((done) => yana.on("Newstate", collect([], done)));
  await new Promise((done) => yana.connect(done));
  const lines = await new Promise((done) => yana.send({ Action: "Command", Command: "core show channels" }, (a, b) => done((b ?? a).Output)));
  console.log("yana:", lines, await events);
  assert.deepStrictEqual(lines, OUTPUT);
  assert.deepStrictEqual(await events, [["lead_id=42", "campaign=spring"], "lead_id=43"]);

  const manager = new AsteriskManager(port, "127.0.0.1", "user", "secret", true);
  events = new Promise((done) => manager.on("managerevent", collect([], done)));
  const printed = await new Promise((done) => manager.action({ action: "command", command: "core show channels" }, (e, found) => done(found.output)));
  console.log("asterisk-manager:", printed, await events);
  assert.deepStrictEqual(printed, OUTPUT);
  assert.deepStrictEqual(await events, [{ lead_id: "42", campaign: "spring" }, { lead_id: "43" }]);
  process.exit();
});
JS
node clients.js
