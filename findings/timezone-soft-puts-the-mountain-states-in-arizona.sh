#!/bin/sh
# timezone-soft 1.5.2 (npm) makes an IANA time zone of what people type, such as a state. Colorado, Montana, New Mexico, Utah and Wyoming get
# America/Phoenix, and nothing else: Arizona's zone, which has no daylight saving time. From March to November they are an hour ahead of it, so
# that a calling window of 8:00 to 21:00 is open until 22:00. The first zone for Idaho, for "MST" and for "MT" is America/Phoenix, too, with
# America/Boise or America/Denver behind it; "mountain time" and cities such as Denver and Albuquerque are right.
#
# What to do: keep your own table of the fifty states.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
npm install --silent --no-audit --no-fund timezone-soft@1.5.2 >/dev/null
cat >zones.mjs <<'JS'
import assert from "assert";
import soft from "timezone-soft";

const EXPECTED = {
  Colorado: ["America/Phoenix"],
  Montana: ["America/Phoenix"],
  "New Mexico": ["America/Phoenix"],
  Utah: ["America/Phoenix"],
  Wyoming: ["America/Phoenix"],
  Arizona: ["America/Phoenix"],
  Idaho: ["America/Phoenix", "America/Boise"],
  Denver: ["America/Denver"],
  Albuquerque: ["America/Denver"],
};
const july = new Date(Date.UTC(2026, 6, 15, 12));
const hour = (zone) => new Intl.DateTimeFormat("en-US", { timeZone: zone, timeStyle: "short" }).format(july);
for (const [typed, expected] of Object.entries(EXPECTED)) {
  const observed = soft(typed).map(({ iana }) => iana);
  console.log(`${typed}: ${observed.join(", ")}, ${hour(observed[0])}`);
  assert.deepStrictEqual(observed, expected);
}
for (const typed of ["MST", "MT"]) {
  const [first, second] = soft(typed).map(({ iana }) => iana);
  console.log(`${typed}: ${first}, ${second}, …`);
  assert.deepStrictEqual([first, second], ["America/Phoenix", "America/Denver"]);
}
assert.strictEqual(soft("mountain time")[0].iana, "America/Denver");
assert.notStrictEqual(hour("America/Phoenix"), hour("America/Denver"));
JS
node zones.mjs
