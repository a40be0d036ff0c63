#!/bin/sh
# The examples of dialer and CRM APIs are curl commands, and a search is often written with several -d or, for GET, with -G. Four converters
# from curl to code silently turn it into another search:
#   parse-curl 0.2.6 (npm)          -G --data-urlencode: a GET without any parameter, which returns every lead
#   @bany/curl-to-json 1.2.10 (npm) -G: a POST without an address
#   curl-parsers 0.2.1 (PyPI)       -G: a POST with the filters as a form
#   uncurl 0.0.11 (PyPI)            -d status=NEW -d limit=10: only the last one is kept, so that leads of every status are returned; it rejects -G
# curlconverter 4.12.0 (npm) makes the right request of both.
#
# What to do: compare the address that the converted code requests with that of `curl -v`, or write the parameters into the address.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
npm install --silent --no-audit --no-fund parse-curl@0.2.6 @bany/curl-to-json@1.2.10 curlconverter@4.12.0 >/dev/null
python3 -m venv venv
venv/bin/pip install -q uncurl==0.0.11 curl-parsers==0.2.1 2>&1
cat >convert.mjs <<'JS'
import assert from "assert";
import { createRequire } from "module";
import * as curlconverter from "curlconverter";

const require = createRequire(import.meta.url);
const parseCurl = require("parse-curl");
const bany = require("@bany/curl-to-json");
const GET = "curl -G https://api.example.com/v1/leads/search --data-urlencode status=NEW --data-urlencode state=CA";
const shown = {
  "parse-curl": parseCurl(GET),
  "@bany/curl-to-json": (bany.default ?? bany)(GET),
  curlconverter: curlconverter.toNodeFetch(GET).match(/'(https[^']*)'/)[1],
};
for (const [name, made] of Object.entries(shown)) console.log(`${name}: ${JSON.stringify(made)}`);
assert.deepStrictEqual(shown, {
  "parse-curl": { method: "GET", header: {}, url: "https://api.example.com/v1/leads/search" },
  "@bany/curl-to-json": { data: { status: "NEW", state: "CA" }, method: "POST" },
  curlconverter: "https://api.example.com/v1/leads/search?status=NEW&state=CA",
});
JS
node convert.mjs
cat >convert.py <<'PYTHON'
import json

import curl_parsers
import uncurl

made = json.loads(curl_parsers.to_json("curl -G https://api.example.com/v1/leads/search --data-urlencode status=NEW"))
observed = made["method"], made["url"], made["params"], made["form_data"]
print("curl-parsers:", *observed)
assert observed == ("POST", "https://api.example.com/v1/leads/search", {}, {"status": "NEW"}), observed
code = " ".join(uncurl.parse("curl https://api.example.com/v1/leads/search -d status=NEW -d limit=10").split())
print("uncurl:", code)
assert code.startswith('requests.post("https://api.example.com/v1/leads/search", data=\'limit=10\','), code
PYTHON
venv/bin/python convert.py
