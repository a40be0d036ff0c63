#!/bin/sh
# email-typo-fixer 1.1.0 (npm) corrects the address that a lead has typed: gmial.com becomes gmail.com. It knows six domains, and changes each that
# is near to one of them, other providers' and companies' domains too. There the address belongs to another person:
#   msn.com, att.com, cox.com, ups.com, aaa.com   aol.com
#   ymail.com, mail.com, gmx.com, email.com       gmail.com
#   yahoo.ca, hotmail.es                          yahoo.com, hotmail.com
# An import that stores `suggested` loses the lead's address, and a stranger gets the mail, so that no bounce shows it. A smaller
# domainMatchDistance does not help: with 1, gmial.com is no longer corrected, and ymail.com still is; with 2, att.com still is. mailcheck 1.1.1
# (npm), which is made to ask the user "did you mean", leaves seven of these eleven, and makes att.com and aaa.com aol.com, too.
#
# What to do: store what was typed, and show a correction as a question; add the domains of your leads to `domains`.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
npm install --silent --no-audit --no-fund email-typo-fixer@1.1.0 mailcheck@1.1.1 >/dev/null
cat >fix.js <<'JS'
const assert = require("assert");
const { emailTypoFixer, DEFAULT_DOMAINS } = require("email-typo-fixer");
const mailcheck = require("mailcheck");

const EXPECTED = {
  "aol.com": ["msn.com", "att.com", "cox.com", "ups.com", "aaa.com"],
  "gmail.com": ["ymail.com", "mail.com", "gmx.com", "email.com"],
  "yahoo.com": ["yahoo.ca"],
  "hotmail.com": ["hotmail.es"],
};
const domainOf = (address, options) => (emailTypoFixer(address, options).suggested ?? address).split("@")[1];
const left = [];
for (const [expected, domains] of Object.entries(EXPECTED))
  for (const domain of domains) {
    const observed = domainOf(`ada@${domain}`);
    const asked = mailcheck.run({ email: `ada@${domain}` })?.domain;
    if (!asked) left.push(domain);
    console.log(`ada@${domain} becomes ada@${observed}; mailcheck asks for ${asked ?? "nothing"}`);
    assert.strictEqual(observed, expected);
  }
assert.strictEqual(left.length, 7);
for (const domain of ["att.com", "aaa.com"]) assert.strictEqual(mailcheck.run({ email: `ada@${domain}` }).domain, "aol.com");
assert.strictEqual(domainOf("ada@gmial.com"), "gmail.com");
assert.strictEqual(domainOf("ada@gmial.com", { domainMatchDistance: 1 }), "gmial.com");
assert.strictEqual(domainOf("ada@ymail.com", { domainMatchDistance: 1 }), "gmail.com");
assert.strictEqual(domainOf("ada@att.com", { domainMatchDistance: 2 }), "aol.com");
assert.strictEqual(domainOf("ada@att.com", { domains: [...DEFAULT_DOMAINS, "att.com"] }), "att.com");
JS
node fix.js
