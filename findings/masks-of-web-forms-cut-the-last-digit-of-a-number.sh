#!/bin/sh
# Web forms write phone numbers through a mask, (000) 000-0000, as a lead types or the browser fills them in. Where the number comes with its 1, seven
# masks of npm take that for the first digit of the area code and drop the last digit, without an error:
#                          3015550123       +1 301 555 0123   1-301-555-0123
#   imask 7.6.1 and others (301) 555-0123   (130) 155-5012    (130) 155-5012     no area code begins with 1
#   imask, +{1} (000) ...  +1 (301) 555-0123 for each of the three
#   libphonenumber-js      +1 301 555 0123 or (301) 555-0123, with all digits
# The others: maska 3.2.1, text-mask-core 5.1.2, vanilla-masker 1.2.0, @react-input/mask 2.0.4, @maskito/core 5.6.0, cleave-zen 0.0.17.
#
# What to do: put the 1 into the mask, or format by libphonenumber-js. Ten digits that begin with 1 in lead data are a number without its last digit:
# search for such a lead by name.
set -eu
work=$(mktemp -d)
export TMPDIR="$work" npm_config_cache="$work/npm"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
npm install --silent --no-audit --no-fund imask@7.6.1 maska@3.2.1 text-mask-core@5.1.2 vanilla-masker@1.2.0 @react-input/mask@2.0.4 @maskito/core@5.6.0 cleave-zen@0.0.17 libphonenumber-js@1.13.16 >/dev/null
cat >mask.mjs <<'JS'
import { createRequire } from "node:module";
import { maskitoTransform } from "@maskito/core";
import { format } from "@react-input/mask";
import { formatGeneral } from "cleave-zen";
import IMask from "imask";
import { AsYouType } from "libphonenumber-js";
import { Mask } from "maska";

const require = createRequire(import.meta.url);
const { conformToMask } = require("text-mask-core");
const { toPattern } = require("vanilla-masker");

const places = [..."(000) 000-0000"].map((place) => (place === "0" ? /\d/ : place));
const imask = (mask) => (text) => IMask.createPipe({ mask })(text);
const masks = {
  imask: imask("(000) 000-0000"),
  maska: (text) => new Mask({ mask: "(###) ###-####" }).masked(text),
  "text-mask-core": (text) => conformToMask(text, places, { guide: false }).conformedValue,
  "vanilla-masker": (text) => toPattern(text, "(999) 999-9999"),
  "@react-input/mask": (text) => format(text, { mask: "(___) ___-____", replacement: { _: /\d/ } }),
  "@maskito/core": (text) => maskitoTransform(text, { mask: places }),
  "cleave-zen": (text) => formatGeneral(text, { blocks: [0, 3, 0, 3, 4], delimiters: ["(", ")", " ", "-"], numericOnly: true }),
  "imask, with its 1": imask("+{1} (000) 000-0000"),
  "libphonenumber-js": (text) => new AsYouType("US").input(text),
};
for (const [name, mask] of Object.entries(masks)) console.log(`${name}: ${["3015550123", "+1 301 555 0123", "1-301-555-0123"].map(mask).join(" | ")}`);
JS
cat >expected.txt <<'LINES'
imask: (301) 555-0123 | (130) 155-5012 | (130) 155-5012
maska: (301) 555-0123 | (130) 155-5012 | (130) 155-5012
text-mask-core: (301) 555-0123 | (130) 155-5012 | (130) 155-5012
vanilla-masker: (301) 555-0123 | (130) 155-5012 | (130) 155-5012
@react-input/mask: (301) 555-0123 | (130) 155-5012 | (130) 155-5012
@maskito/core: (301) 555-0123 | (130) 155-5012 | (130) 155-5012
cleave-zen: (301) 555-0123 | (130) 155-5012 | (130) 155-5012
imask, with its 1: +1 (301) 555-0123 | +1 (301) 555-0123 | +1 (301) 555-0123
libphonenumber-js: (301) 555-0123 | +1 301 555 0123 | 1 (301) 555-0123
LINES
node mask.mjs | tee observed.txt
cmp observed.txt expected.txt
