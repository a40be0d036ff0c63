#!/bin/sh
# @adobe/node-fetch-retry 2.2.0 (npm) is node-fetch with retries. "You can disable all retry behavior by setting retryOptions to false", as for a
# request that starts a call, which must not be sent twice. It deletes retryOptions from the object that it is given: of two requests with the same
# object, the second one is retried. With a dialer that starts the call and then answers 502, that lead's phone rings four times here, until the
# dialer answers otherwise. Other values of retryOptions are deleted in the same way.
#
# What to do: give each request an object of its own, such as { ...OPTIONS }.
set -eu
work=$(mktemp -d)
export TMPDIR="$work" npm_config_cache="$work/npm"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
npm install --silent --no-audit --no-fund @adobe/node-fetch-retry@2.2.0 >/dev/null
cat >call.js <<'JS'
const assert = require("assert");
const http = require("http");
const fetch = require("@adobe/node-fetch-retry");

console.error = () => {}; // It reports each retry there.
const calls = {};
// A dialer that starts each call, and fails to answer the first three requests for a lead.
const dialer = http.createServer((request, response) => {
  calls[request.url] = (calls[request.url] ?? 0) + 1;
  response.writeHead(calls[request.url] > 3 ? 200 : 502).end();
});

const callsOf = async (phone, options) => {
  const { status } = await fetch(`http://127.0.0.1:${dialer.address().port}/${phone}`, options);
  console.log(`${phone}: calls ${calls["/" + phone]}, status ${status}, options then: ${Object.keys(options).join(" ")}`);
  return calls["/" + phone];
};

dialer.listen(0, "127.0.0.1", async () => {
  const shared = { method: "POST", retryOptions: false };
  console.log("one object for both:");
  const first = [await callsOf("3015550101", shared), await callsOf("3015550102", shared)];
  const own = { method: "POST", retryOptions: false };
  console.log("an object for each:");
  const second = [await callsOf("3015550103", { ...own }), await callsOf("3015550104", { ...own })];
  dialer.close();
  assert.deepStrictEqual([first, second], [[1, 4], [1, 1]]);
  assert(!("retryOptions" in shared));
});
JS
node call.js
