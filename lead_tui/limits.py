"""Every policy number of the program, with its unit and its reason. Data only.

Sources: the API's document, what public clients do (3 requests a second, 5 to 30 s of patience), and measurements of this design.
A number that a person may set is the default of the setting of the same name.
"""

from __future__ import annotations

from typing import Final

# The API

MAX_LIMIT: Final = 2_000
"""Leads a request may ask for (the API's document)."""

MAX_IDS_PER_REQUEST: Final = 400
"""Ids of one request: 4.4 KB with ids of ten digits, well below the 8 KB of an address that servers take."""

ID_LISTS_KEPT: Final = 2
"""Searches by long lists of ids whose leads are kept: the one on the screen, and the one before or its refresh."""

MAX_LIST_BYTES: Final = 2 * 1024 * 1024
"""Bytes of a list from standard input: 100 for each of ``value_lists.MAX_VALUES``. It is read whole, so that a mistake in it is
found before the first request."""

MAX_FAILED_LOOK_UPS: Final = 5
"""Look-ups of a list that may fail one after the other: the server is down, and each takes four attempts and 15 s."""

LOOK_UPS_PER_PART: Final = 20
"""Look-ups of a list after which a file that can be resumed is brought up to date: a kill costs 20 s at the usual pace."""

SAMPLE_LEADS: Final = 20
SAMPLE_SECONDS: Final = 5.0
"""Leads of a list by which a table settles its widths, and the seconds that the first ones wait for the others."""

REQUESTS_PER_SECOND: Final = 3.0
"""No limit is published; clients in production settle here. 0 is no limit."""

REQUEST_BURST: Final = 6
"""Requests that may leave at once after a rest: a look-up is three, and the pages around a jump are two or three."""

REQUESTS_IN_FLIGHT: Final = 3
"""Requests under way at a time: one look-up in all three phone fields."""

MAX_QUEUE_SECONDS: Final = 60.0
"""Seconds that the line of a shared token bucket may be long: who comes later asks again rather than reserving a permit."""

SHARED_MARGIN_SECONDS: Final = 0.5
"""Seconds by which a shared bucket is smaller than the server's: requests of several processes travel for different times, and a
server that counts exactly refuses the one that overtook."""

LOCK_TRIES: Final = 200
LOCK_TRY_SECONDS: Final = 0.01
"""Tries for the lock of a shared bucket, and the seconds between: it is held for microseconds, but its holder may be stopped."""

FULL_QUEUE_SECONDS: Final = 1.0
"""Seconds until a request that found the line full asks again."""

SLOW_DOWN_SECONDS: Final = 1.0
"""Seconds within which several refusals for pace (HTTP 429) count as one."""

MAX_SLOW_DOWN: Final = 8.0
"""Times the pace's interval that a process waits at most between requests after refusals."""

SPEED_UP: Final = 0.95
"""Factor by which that comes down with each answer: about fifteen answers for half of it."""

PACE_WAIT_SHOWN_SECONDS: Final = 1.5
"""Seconds of waiting for a permit from which the screen says so: a look-up's three requests take one second after a burst."""

MAX_RESERVED: Final = 3
"""Permits that a process reserves at a time: a look-up in three fields has its turn as a whole, and others theirs after it."""

UNUSED_PERMIT_SECONDS: Final = 1.0
"""Seconds for which a reserved permit may be used late. The server keeps it too, but not more than its burst of them."""

BULK_JITTER_SECONDS: Final = 0.02
"""Seconds by which exports that wait for the same permit are spread at random: without a line it is chance that is fair."""

PERMITS_FOR_LOOK_UPS: Final = 3
"""Permits of a shared bucket that reading ahead and exports leave: one look-up in three fields."""

CONNECT_TIMEOUT: Final = 10.0
"""Seconds to connect."""

READ_TIMEOUT: Final = 30.0
"""Seconds without a byte of the answer."""

BULK_READ_TIMEOUT: Final = 60.0
"""The same for a page of more than ``BULK_ROWS``: the server builds it before it answers."""

BULK_ROWS: Final = 500

ATTEMPTS: Final = 4
"""Attempts for a request, the first one included (the contract's "Retries")."""

RETRY_FIRST_WAIT: Final = 0.5
"""Seconds before the second attempt, doubled for each further one, with jitter."""

RETRY_WAIT_IN_ALL: Final = 15.0
"""Seconds of waiting between the attempts of one request; a ``Retry-After`` comes on top."""

MAX_RETRY_AFTER: Final = 60.0
"""Seconds of ``Retry-After`` that are waited; a longer wait fails at once."""

LONG_REQUEST_BYTES: Final = 4_000
"""Bytes of a URL from which a 400 with a web page means "too long": HAProxy says no more than that, and servers accept 8,000."""

ANSWER_PATIENCE: Final = 2
"""Read time-outs in which an answer must have come whole: who sends a byte now and then is never silent for too long."""

KEEP_ALIVE: Final = 55.0
"""Seconds a connection is kept for the next request: saves two round trips a look-up; balancers close theirs after 60 s."""

SUSPECT_IDLE_SECONDS: Final = 5.0
"""Seconds without a request after which a kept connection may have been forgotten by a firewall."""

SUSPECT_SILENCE_SECONDS: Final = 2.0
"""Seconds without a byte after which a request on such a connection is sent once more: a look-up takes a tenth of that."""

UNACKNOWLEDGED_SECONDS: Final = 5.0
"""Seconds in which the system must have an acknowledgement of what was sent: five retransmissions. Its own limit is 15 min."""

DRAIN_BYTES: Final = 512 * 1024
"""Bytes of an abandoned answer that are read so that its connection can be kept: a page of the view, packed or not too large."""

DRAIN_SECONDS: Final = 1.0
"""Seconds that this may take; a new connection takes two or three round trips."""

SAME_MOMENT_SECONDS: Final = 0.01
"""Seconds in which requests are made at the same moment: they keep their order, and others pass newest first."""

MAX_BODY_BYTES: Final = 32 * 1024 * 1024
"""The largest answer that is read: 2,000 leads of 4 KB are 8 MB, and a stranger's megabyte may sit in a few of them."""

UNPACKED_AT_A_TIME: Final = 256 * 1024
"""Bytes unpacked at one go of a packed answer, so that a few packed bytes that stand for gigabytes are noticed in time."""

IDS_AT_A_TIME: Final = 200
"""Ids read from a page before the event loop has its turn: 0.5 ms of work, and a turn costs 0.1 ms. With 50 the loop stalls no
less (0.4x of one ``json.loads`` either way), and the page comes later (0.45x instead of 0.3x)."""

# The table

PAGE_ROWS: Final = 200
"""Leads of a square of the grid on which pages lie: some screens ahead, about 300 KB, 100 ms of a server's time."""

FIRST_ROWS: Final = 50
"""Leads of the first request of a result: what the largest usual screen shows, so that the first rows come soon."""

ROWS_AHEAD: Final = 100
"""Rows fetched beyond the edge of the view in the direction of travel: two or three screens."""

MAX_SPAN_ROWS: Final = 400
"""Leads of one request for the view: two squares, since a view often lies across a border of the grid."""

FLING_REST: Final = 0.08
"""Seconds the view must rest before a page that it flies over is asked for: longer than a held key's repeat (30 ms)."""

FLING_WINDOW: Final = 0.25
"""Seconds over which the view's speed is taken: a view that passes a page in less time than a page takes to come is flying."""

MAX_ROWS: Final = 1_000_000_000
"""Rows a total may claim: more is no count of leads, and would not fit the arrays."""

SHORT_PAGE_ATTEMPTS: Final = 3
"""Times the rest of a page that came shorter than asked is asked for again."""

SEAM_ROWS: Final = 100
"""Rows requested again where two pages do not meet because leads before them were deleted, and from then on with every page: few
accounts lose more leads while a page is read, and it costs a twentieth of the speed."""

SEAM_GROWTH: Final = 16
"""By how much the way back grows as long as the pages do not meet: the first of a million leads is reached in five requests."""

SEAM_REQUESTS: Final = 8
"""Times that pages may fail to meet beyond once for each page: more means that the result changes with every request."""

RECHECK_REQUESTS: Final = 12
"""Pages read again from the first one on, as long as leads are missing, after a result has changed while it was read: new leads
mostly come first, and 24,000 leads are covered."""

EXPORT_IN_FLIGHT: Final = REQUESTS_IN_FLIGHT - 1
"""Requests of an export under way in the app: one is left for the person who goes on meanwhile."""

MAX_PAGES_AHEAD: Final = 8
"""Pages of 2,000 leads that are under way or wait to be written, whatever ``[pace] in_flight`` allows: 3 to 8 MB each."""

THREAD_TURN: Final = 0.05
"""Seconds for which a thread of an export may work while others wait, ten times Python's own: threads that read, split and write
pages in turn lose a twentieth of the time to turns. Nobody types meanwhile; an interrupt is that much later."""

MADE_BEFORE_GARBAGE: Final = 10_000
"""Objects made beyond those thrown away before Python looks for circles among them, of Python's own 700: an export makes some
thousand for each page, none of them in circles, and looking takes a tenth of its time."""

STALE_ROWS: Final = 5 * MAX_LIMIT
"""Rows in a row that have all come before, after which a server is taken to page no deeper without saying so. No account creates
so many leads while a page or two are read."""

MAX_ROWS_NAMED: Final = 10
"""Rows that the message about leads that could not be read names: more make a line that nobody reads."""

CACHE_MB: Final = 4
"""Megabytes of pages kept: with 4 the growth after 300 pages is 1.22x, with 8 it is 1.30x."""

LOAD_ALL_LIMIT: Final = 50_000
"""Leads of a snapshot at most: about a second to sort on one core."""

TURN_SECONDS: Final = 0.004
"""Seconds of sorting or narrowing before the event loop has its turn: a quarter of a frame, so that a key is answered as usual."""

PASSES_BETWEEN_TURNS: Final = 6
"""Passes of the event loop between two turns: with one, whatever takes three passes was late by three turns."""

ROWS_AT_ONCE: Final = 1_000
"""Rows sorted or narrowed at one go, in 20 ms at most, so that keys typed behind find it done; more are taken in turns."""

SEARCHES_KEPT: Final = 8
"""Searches to go back to. Each keeps the squares of its view, some 300 KB."""

# Looking up

MAX_LEADS_COMPARED: Final = 10_000
"""Leads of one phone number that are held, for a list or while their country codes are compared; no number has so many."""

COMPARED_SEARCHES_KEPT: Final = 3
"""Searches by numbers abroad whose compared leads are held: the visible one, an export and a load. Older ones are read again."""

# The screen

LOADING_SHOWN_SECONDS: Final = 5.0
"""Seconds of waiting for an answer after which they are shown as they pass; the line is then repainted each second."""

DETAIL_REST: Final = 0.06
"""Seconds the cursor must rest before the detail follows it."""

MAX_VALUE_CHARACTERS: Final = 50_000
"""Characters of one value that the detail shows: a few thousand lines. Who needs more of a stranger's megabyte exports it."""

MAX_VALUE_LINES: Final = 3_000
"""Lines of one value that the detail shows, for one that is all line breaks; building them takes about 10 ms."""

SUGGESTIONS_SHOWN: Final = 3
"""Suggestions shown below a filter: more would cover what somebody is comparing with, and cost a line each at every key."""

WIDE_COLUMNS: Final = 120
"""Terminal columns from which three panes stand side by side."""

MIN_COLUMNS: Final = 60
MIN_LINES: Final = 15
"""Below these a plain notice is shown."""

# Files

LOCK_TIMEOUT: Final = 5.0
"""Seconds to wait for another session that is saving."""

TOKEN_COMMAND_TIMEOUT: Final = 10.0
"""Seconds that ``auth_token_command`` may take."""

MAX_TOKEN_CHARACTERS: Final = 512
"""Characters of a token at most. Convoso's have 32; a file that holds more is another file."""

MAX_CONFIGURATION_BYTES: Final = 1024 * 1024
"""The largest file of the configuration that is read: thousands of saved queries."""

MAX_NAME_CHARACTERS: Final = 100
"""Characters of a saved query's name at most: what a picker can show."""

SEARCH_LIMIT: Final = 100
"""Leads that ``lead-tui search`` prints unless told."""

# Suggestions

MAX_SEEN_VALUES: Final = 500
"""Different values kept of a filter's field: statuses, lists and people of an account are some dozens; cities are cut."""

MAX_SEEN_CATEGORIES: Final = 40
"""Different values up to which an attribute counts as a category; one with more is a name or a number, and none is kept."""

MAX_SEEN_KEYS: Final = 500
"""Attributes whose values are kept, and custom ones that the columns' dialog offers."""

MAX_SEEN_CHARACTERS: Final = 60
"""Characters of a value that somebody would choose from a list."""

SAMPLED_ROWS: Final = 20
"""Rows of a page that are looked at for suggestions: about a millisecond; what is missed there comes with the next pages."""

STUDIED_ROWS: Final = 200
"""Rows that are looked at once somebody types into a filter: about ten milliseconds for each search, if any."""

SAMPLE_REST: Final = 0.25
"""Seconds after a page before it is looked at: the rows are on the screen by then."""

SAMPLES_WAITING: Final = 4
"""Pages that wait to be looked at; older ones are left out when more come."""

# The terminal

LEAVE_SECONDS: Final = 1.0
"""Seconds that the orderly way out has after a signal or a lost terminal; then the process ends itself."""

QUIT_SECONDS: Final = 2.0
"""Seconds that the process may take to end after the interface has: saving takes milliseconds, a request's time-out 30 s."""

WATCH_SECONDS: Final = 0.5
"""Seconds between looks at standard input for a hang-up that woke nobody."""

MAX_CLIPBOARD_BYTES: Final = 74_994
"""Bytes of text for OSC 52: 100,000 in base64, which is where xterm and hterm stop. tmux takes a megabyte."""

SCREEN_STRING_BYTES: Final = 248
"""Bytes of one string passed through GNU screen, which cuts at 256 (768 from 4.1 on)."""

MAX_FAILURES_LOGGED: Final = 3
"""Times that a failure at the same place is written to the log: a third one tells that it was no accident, more tell nothing."""

MAX_FAILURES_KEPT: Final = 50
"""Failures at different places that are logged in a session, and the latest reports kept in memory."""

LINE_WINDOW_BYTES: Final = 16 * 1024
"""Bytes that may be on their way to the terminal before repaints are held back: three screens scrolled by half,
130 ms at 1 Mbit/s."""

UNWRITTEN_BYTES: Final = 8 * 1024
"""Bytes that may wait in the process for the terminal: a whole screen's page; the pseudo-terminal takes 20 KB before anything
waits."""

PROBE_BYTES: Final = 1024
"""Bytes of drawing after which the terminal is asked to say that it has come so far; the question has 4, the answer too."""

PROBE_SECONDS: Final = 1.0
"""Seconds that a held repaint waits for that answer; a terminal that stays silent is not waited for again."""

PROBE_DRAIN_SECONDS: Final = 0.5
"""Seconds that leaving waits for answers under way, which would else be typed into the shell."""

SPLIT_SEQUENCE_SECONDS: Final = 5.0
"""Seconds to wait for the rest of a sequence or a paste of which a part has come: a line that stalls is longer silent than a
terminal that sends an Escape alone."""

MIN_BURST_TEXT: Final = 5
"""Printable characters in one read from which they are text that was pasted without brackets, not commands: keys typed one by one
do not come so many at a time."""

# The doctor

CLOCK_DOUBT: Final = 60.0
"""Seconds that this machine's clock may differ from the server's unnoticed: more moves days and a lead's local time."""

CERTIFICATE_DOUBT: Final = 14
"""Days before a certificate expires from which somebody is told: most are renewed a month before."""

MAX_PROXY_HEAD_BYTES: Final = 16 * 1024
"""Bytes of a proxy's first words that are read: web servers send no longer heads."""

MULTIPLEXER_PATIENCE: Final = 2.0
"""Seconds in which tmux must have told an option: it takes milliseconds."""

MAX_ESCAPE_TIME: Final = 50
"""Milliseconds that tmux may keep an escape: more is felt whenever something is closed with it."""

# The demo

DEMO_LEADS: Final = 100_000
"""Invented leads unless told: enough that nobody scrolls through them by chance."""

DEMO_MATCH_BYTES: Final = 4 * 1024 * 1024
"""Bytes of matches kept for the next page, one a lead and search: the last four searches of a million leads, at least
the last one."""
