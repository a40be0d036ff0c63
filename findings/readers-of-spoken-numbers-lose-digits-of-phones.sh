#!/bin/sh
# A caller says a number digit by digit, with "oh" for zero, or "eight hundred" for an area code; a transcript has the words. word2number 1.1 (PyPI)
# reads only the first digit of a phone, text2digits 0.1.2 (PyPI) adds "five" to "eight hundred" and so loses a digit, and number-parser 0.3.2
# (PyPI) leaves "oh" as a word and adds as well. None of them raises an error. Digits that remain of ten (d) and how they are written:
#   said                                               word2number   text2digits      number-parser
#   three zero one five five five zero one two three   1 d           10 d             10 d
#   three oh one five five five oh one two three       1 d           10 d             8 d
#   eight hundred five five five zero one nine nine    1 d           9 d, 805550199   9 d, 805 5 5 0 1 9 9
#
# What to do: replace the words for single digits one by one, and "hundred" after a digit by two zeros; refuse a result that does not have ten digits.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
python3 -m venv venv
venv/bin/pip install -q word2number==1.1 text2digits==0.1.2 number-parser==0.3.2
cat >read.py <<'PYTHON'
from number_parser import parse
from text2digits.text2digits import Text2Digits
from word2number import w2n

readers = {"word2number": w2n.word_to_num, "text2digits": Text2Digits().convert, "number-parser": parse}
for said in (
    "three zero one five five five zero one two three",
    "three oh one five five five oh one two three",
    "eight hundred five five five zero one nine nine",
):
    for name, read in readers.items():
        print(f"{name}: {said} = {read(said)}")
PYTHON
cat >expected.txt <<'LINES'
word2number: three zero one five five five zero one two three = 3
text2digits: three zero one five five five zero one two three = 3015550123
number-parser: three zero one five five five zero one two three = 3 0 1 5 5 5 0 1 2 3
word2number: three oh one five five five oh one two three = 3
text2digits: three oh one five five five oh one two three = 3015550123
number-parser: three oh one five five five oh one two three = 3 oh 1 5 5 5 oh 1 2 3
word2number: eight hundred five five five zero one nine nine = 8
text2digits: eight hundred five five five zero one nine nine = 805550199
number-parser: eight hundred five five five zero one nine nine = 805 5 5 0 1 9 9
LINES
venv/bin/python read.py | tee observed.txt
cmp observed.txt expected.txt
