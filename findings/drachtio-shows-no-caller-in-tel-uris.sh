#!/bin/sh
# drachtio-srf 5.0.29 (npm) is a framework for SIP servers, such as one that shows an agent the lead who calls. Of a request it has callingNumber and
# callingName, from P-Asserted-Identity if there is one, else from From. It knows numbers only in SIP URIs, and names only in quotes without quotes in
# them; of the other forms of RFC 3261 (section 20.20) and RFC 3325 (section 9.1, whose example has a tel URI) they are empty, without an error:
#   P-Asserted-Identity: tel:+13015550123                        no number, as if the caller had withheld it
#   From: Jane Public <sip:+13015550123@example.com>             no name; with quotes, Jane Public
#   From: "Jane \"Jo\" Public" <sip:+13015550123@example.com>    no name
# Carriers send tel URIs where a caller hides the number from the person called but not from the trunk: From says anonymous, and the asserted number
# is what a call center looks up. A request with both URIs has the number.
#
# What to do: read the header with getParsedHeader() and the URI with parseUri(), which knows tel URIs.
set -eu
work=$(mktemp -d)
export TMPDIR="$work" npm_config_cache="$work/npm"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
npm install --silent --no-audit --no-fund drachtio-srf@5.0.29 >/dev/null
cat >callers.js <<'JS'
const { parseUri } = require("drachtio-srf");
const Message = require("drachtio-srf/lib/sip-parser/message");

const ANONYMOUS = 'From: "Anonymous" <sip:anonymous@anonymous.invalid>;tag=1';
for (const headers of [
  ['From: "Jane Public" <sip:+13015550123@example.com>;tag=1'],
  ["From: Jane Public <sip:+13015550123@example.com>;tag=1"],
  ['From: "Jane \\"Jo\\" Public" <sip:+13015550123@example.com>;tag=1'],
  ["From: <tel:+13015550123>;tag=1"],
  [ANONYMOUS, 'P-Asserted-Identity: "Jane Public" <sip:+13015550123@example.com>'],
  [ANONYMOUS, "P-Asserted-Identity: tel:+13015550123"],
  [ANONYMOUS, "P-Asserted-Identity: <sip:+13015550123@example.com>, <tel:+13015550123>"],
]) {
  const lines = [
    "INVITE sip:100@example.com SIP/2.0",
    "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1",
    "To: <sip:100@example.com>",
    ...headers,
    "Call-ID: 1",
    "CSeq: 1 INVITE",
    "Content-Length: 0",
  ];
  const message = new Message(`${lines.join("\r\n")}\r\n\r\n`);
  console.log(`${headers.at(-1)}: number "${message.callingNumber}", name "${message.callingName}"`);
}
console.log(`parseUri: ${parseUri("tel:+13015550123").number}`);
JS
cat >expected.txt <<'LINES'
From: "Jane Public" <sip:+13015550123@example.com>;tag=1: number "+13015550123", name "Jane Public"
From: Jane Public <sip:+13015550123@example.com>;tag=1: number "+13015550123", name ""
From: "Jane \"Jo\" Public" <sip:+13015550123@example.com>;tag=1: number "+13015550123", name ""
From: <tel:+13015550123>;tag=1: number "", name ""
P-Asserted-Identity: "Jane Public" <sip:+13015550123@example.com>: number "+13015550123", name "Jane Public"
P-Asserted-Identity: tel:+13015550123: number "", name ""
P-Asserted-Identity: <sip:+13015550123@example.com>, <tel:+13015550123>: number "+13015550123", name ""
parseUri: +13015550123
LINES
node callers.js | tee observed.txt
cmp observed.txt expected.txt
