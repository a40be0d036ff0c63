#!/bin/sh
# A server that limits requests says when to ask again: Retry-After is a number of seconds, 0 included, or a date, which has passed where the
# server's clock is behind, or where less than a second is left. To a first answer with 429, of at most three retries:
#   Retry-After           retry-axios 4.0.3 (npm)        axios-retry 4.5.0 (npm)
#   1                     200, after a second            200, after a second
#   0                     gives up after one request     200, at once
#   five seconds ago      gives up after one request     200, at once
#   none                  200                            200
#
# What to do: use axios-retry, or set checkRetryAfter to false, so that retry-axios waits by its own delays; let a server of yours say at least 1.
set -eu
work=$(mktemp -d)
export TMPDIR="$work" npm_config_cache="$work/npm"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
npm install --silent --no-audit --no-fund axios@1.21.1 retry-axios@4.0.3 axios-retry@4.5.0 >/dev/null
cat >ask.mjs <<'JS'
import http from "node:http";
import axios from "axios";
import axiosRetry, { exponentialDelay } from "axios-retry";
import { attach } from "retry-axios";

const answers = {
  "1": () => "1",
  "0": () => "0",
  "five seconds ago": () => new Date(Date.now() - 5_000).toUTCString(),
  none: () => undefined,
};
let retryAfter, requests;
const server = http.createServer((_, response) => {
  requests += 1;
  const header = requests === 1 ? retryAfter() : undefined;
  response.writeHead(requests === 1 ? 429 : 200, { "Content-Type": "application/json", ...(header && { "Retry-After": header }) });
  response.end("{}");
});
server.listen(0, "127.0.0.1", async () => {
  const url = `http://127.0.0.1:${server.address().port}/leads/search`;
  const first = axios.create({ proxy: false });
  first.defaults.raxConfig = { retry: 3, retryDelay: 10 };
  attach(first);
  const second = axios.create({ proxy: false });
  axiosRetry(second, { retries: 3, retryDelay: exponentialDelay, retryCondition: () => true });
  for (const [name, answer] of Object.entries(answers)) {
    for (const [library, client] of [["retry-axios", first], ["axios-retry", second]]) {
      [retryAfter, requests] = [answer, 0];
      const outcome = await client.get(url).then((response) => response.status, (error) => `gives up (${error.message})`);
      console.log(`Retry-After ${name}: ${library}: ${outcome}, requests: ${requests}`);
    }
  }
  process.exit();
});
JS
cat >expected.txt <<'LINES'
Retry-After 0: retry-axios: gives up (Request failed with status code 429), requests: 1
Retry-After 0: axios-retry: 200, requests: 2
Retry-After 1: retry-axios: 200, requests: 2
Retry-After 1: axios-retry: 200, requests: 2
Retry-After five seconds ago: retry-axios: gives up (Request failed with status code 429), requests: 1
Retry-After five seconds ago: axios-retry: 200, requests: 2
Retry-After none: retry-axios: 200, requests: 2
Retry-After none: axios-retry: 200, requests: 2
LINES
node ask.mjs | tee observed.txt
cmp observed.txt expected.txt
