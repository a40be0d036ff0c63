"""Every policy number of the program, by topic, each with its unit and its reason. Data only.

Sources: the API's documentation, what public clients of it do (3 requests a second, 5 to 30 s of patience), and measurements.
Limits that users can change are the defaults of the settings of the same names.
"""

from __future__ import annotations

from typing import Final, Literal, get_args

# Requests
MAX_LIMIT: Final = 2_000  # leads per request (the API's documentation)
USUAL_PAGE_SIZES: Final = (10, 20, 25, 50, 100, 200, 250, 500, 1_000)  # leads that a server may send at most, whatever is requested
MAX_IDS_PER_REQUEST: Final = 400  # 4.4 KB of ten-digit ids: servers take URLs of 8 KB
BULK_ROWS: Final = 500  # leads above which a page has BULK_READ_TIMEOUT
MAX_BODY_BYTES: Final = 32 * 1024 * 1024  # 2,000 leads of 4 KB are 8 MB, and a few may hold a megabyte each
RECEIVED_BYTES: Final = 64 * 1024  # from a connection at a time
MAX_HEAD_BYTES: Final = 256 * 1024  # of a response's headers: proxies add some; curl reads 300 KB, httpx 100
LONG_REQUEST_BYTES: Final = 4_000  # of a request: from it on, a 400 with a web page means "too long", as HAProxy's
DECOMPRESSED_AT_A_TIME: Final = 256 * 1024  # bytes: a few compressed bytes that expand to gigabytes are noticed in time
IDS_AT_A_TIME: Final = 200  # read from a page before the event loop runs again: 0.5 ms; with 50 the page arrives 1.5 times as late

# Pace
REQUESTS_PER_SECOND: Final = 3.0  # no limit is published, and clients in production settle on this; 0 means no limit
REQUEST_BURST: Final = 6  # requests at once after a pause: a look-up is three, the pages around a jump are two or three
REQUESTS_IN_FLIGHT: Final = 3  # one look-up in all three phone fields
MAX_QUEUE_SECONDS: Final = 600.0  # length of a shared bucket's queue; a longer one was not written by this program
SHARED_MARGIN_SECONDS: Final = 0.5  # by which a shared bucket is smaller than the server's: a request may overtake an earlier one
LOCK_TRIES: Final = 10  # for the lock of a shared bucket: it is held for microseconds, unless its holder is stopped
LOCK_TRY_SECONDS: Final = 0.001  # between two tries, during which nothing is drawn
MAX_RESERVED: Final = 3  # permits that a process reserves at a time: a look-up in three fields goes as a whole
UNUSED_PERMIT_SECONDS: Final = 1.0  # for which a reserved permit can be used late; the server keeps it too, up to its burst
PERMITS_FOR_LOOK_UPS: Final = 3  # of a shared bucket, left by reading ahead and exports for one look-up in three fields
BULK_JITTER_SECONDS: Final = 0.02  # random spread of requests that wait for one permit
REDIS_START_SECONDS: Final = 1.0  # before a session connects to Redis: its library is loaded once leads are on the screen
REDIS_TIMEOUT: Final = 0.1  # seconds for a response from Redis or a connection to it, before the host takes over
REDIS_POLL_SECONDS: Final = 0.002  # between checks whether a response has arrived
MAX_PASSWORD_BYTES: Final = 1_000  # of Redis: a longer text is not a password
REDIS_RATE_USED: Final = 0.99  # of the rate: requests of several hosts arrive unevenly, and the remainder makes up for that
REDIS_RETRY_SECONDS: Final = 0.5  # between attempts to connect: the sooner all return, the shorter two limiters let requests pass
BULK_PAUSE_SECONDS: Final = 30.0  # for which exports wait when Redis fails: a restart takes less, and look-ups have the pace
EXPORTS_ALONE: Final = 0.25  # of a host's share of the pace, for its exports without Redis: no host knows what others request
SLOW_DOWN_SECONDS: Final = 1.0  # within which several refusals for pace (HTTP 429) count as one
MAX_SLOW_DOWN: Final = 8.0  # times the pace's interval: the longest wait between requests after refusals
SPEED_UP: Final = 0.95  # factor by which that wait shrinks with each response: about fifteen responses halve it
PACE_WAIT_SHOWN_SECONDS: Final = 1.5  # of waiting for a permit from which on the screen says so: a look-up after a burst takes 1 s
SAME_MOMENT_SECONDS: Final = 0.01  # requests made within it keep their order; otherwise the newest goes first

# Timeouts and connections
CONNECT_TIMEOUT: Final = 10.0  # seconds
READ_TIMEOUT: Final = 30.0  # seconds without a byte of the response
BULK_READ_TIMEOUT: Final = 60.0  # the same for a page of more than BULK_ROWS, which the server builds before it responds
ANSWER_PATIENCE: Final = 2  # read timeouts until a response must be complete: a trickle of bytes is never silent for too long
MAX_IDLE_SECONDS: Final = 180.0  # for which a connection is kept, unless the server closes it; some firewalls drop it after 240 s
MAX_UNUSED_SECONDS: Final = 15.0  # for which a connection opened ahead is used: without a request, Apache sends 408 after 20 s
MAX_CONNECTION_WAIT_SECONDS: Final = 0.5  # for the connection of an abandoned request: twice what a new one takes far away
SUSPECT_IDLE_SECONDS: Final = 5.0  # without a request, after which a firewall may have forgotten a kept connection
SUSPECT_SILENCE_SECONDS: Final = 2.0  # until a request on such a connection is sent again: a look-up takes a tenth of that
UNACKNOWLEDGED_SECONDS: Final = 5.0  # without an acknowledgement of what was sent: five retransmissions; TCP's limit is 15 min
DRAIN_BYTES: Final = 1024 * 1024  # of an abandoned response, read to keep its connection: MAX_SPAN_ROWS leads of 1.5 KB
DRAIN_SECONDS: Final = 1.0  # for doing so; a new connection takes two or three round trips

# Look-ups before Enter
LOOK_UP_REQUESTS: Final = 3  # of a phone, one for each field that may hold it
EARLY_REST_SECONDS: Final = 0.15  # without a key after a whole number: a pause after the last digit, not one between digits
EARLY_PERMITS: Final = 6  # that must be in hand: a look-up of another number can still follow immediately
EARLY_SECONDS: Final = 10.0  # for which what was found before Enter is shown; then it is requested again

# Incoming calls
CALL_LOOK_UP_SECONDS: Final = 5.0  # between two look-ups of incoming numbers, of 3 requests each: a fifth of the default pace
CALL_SHOWN_SECONDS: Final = 120.0  # for which the banner stays: by then a call has been answered or has gone to voicemail
CALLS_READ_AT_ONCE: Final = 64  # before the event loop runs again: 0.3 ms
MAX_CALL_BYTES: Final = 512  # of the text of a call: a number with its caller's name
MAX_CALL_CHARACTERS: Final = 40  # shown of a text that is not a number
CALL_TIMEOUT: Final = 2.0  # seconds for which `lead-tui pop` waits for a session whose queue is full
MAX_CALL_SCREENS: Final = 3  # opened over each other, about 1 MB each; another call becomes a search on the last one
MAX_SESSION_NAME_CHARACTERS: Final = 40  # of the profile's name in a session's id
MAX_RECENT_LOOK_UPS: Final = 500  # that ↑ recalls: a day's calls

# Automatic refresh
REFRESH_SECONDS: Final = 30  # between two: an agent sees a new lead within the minute
MIN_REFRESH_SECONDS: Final = 15  # a hundred sessions at this rate would need more than twice the account's pace
REFRESH_SHARE: Final = 0.2  # of the account's pace, for the refreshes of all its sessions together
REFRESH_INPUT_SECONDS: Final = 600.0  # without input, after which the automatic refresh stops

# Retries
ATTEMPTS: Final = 4  # for one request, including the first (documented)
RETRY_FIRST_WAIT: Final = 0.5  # seconds before the second attempt, doubled for each later one, with jitter: 5 s in total, of 15
UNSENDABLE_IN_A_ROW: Final = 3  # leads that cannot be sent, after which others must prove that not all of them fail: 40 requests
MAX_RETRY_AFTER: Final = 60.0  # seconds of a Retry-After that is honored; a longer one fails immediately

# The table
PAGE_ROWS: Final = 200  # leads of a page of the grid: several screens, about 300 KB, 100 ms of a server's time
FIRST_ROWS: Final = 50  # leads of a result's first request: the largest usual screen, so that the first rows arrive soon
ROWS_AHEAD: Final = 100  # fetched beyond the view in the direction of scrolling: two or three screens
MAX_SPAN_ROWS: Final = 400  # leads of one request for the view: two pages, since a view often crosses a border
FLING_REST: Final = 0.08  # seconds for which a flying view must rest before a page is fetched: a held key repeats every 30 ms
FLING_WINDOW: Final = 0.25  # seconds over which speed is measured: passing a page faster than one can arrive is flying
MAX_ROWS: Final = 1_000_000_000  # that a total may claim: a larger one is not a count of leads and would not fit the arrays
MAX_IDS_REMEMBERED: Final = 20_000  # of received rows, to mark repeated leads; 190 bytes each
CACHE_MB: Final = 4  # of pages kept: memory grows 1.25x over 300 pages, and stays there over 900
SEARCHES_KEPT: Final = 30  # that `b` and `H` can return to, with the pages in view, about 300 KB each

# Reading a whole result
SEAM_ROWS: Final = 100  # requested again where two pages do not meet since leads were deleted: a twentieth of the speed
SEAM_GROWTH: Final = 16  # growth of that while pages still do not meet: the start of a million leads is reached in five requests
SEAM_REQUESTS: Final = 8  # mismatches beyond one per page: with more, the result changes with every request
SAME_HALVES: Final = 1.9  # times its leads that the halves of a window count together if the server ignores times
RECHECK_REQUESTS: Final = 12  # pages read again from the start of a result that changed: new leads come first, and this is 24,000
STALE_PAGES: Final = 3  # consecutive pages without a new lead after which no more will come, whatever the total says
MAX_ROWS_NAMED: Final = 10  # unreadable leads that a message lists: no one reads a longer line
EXPORT_IN_FLIGHT: Final = REQUESTS_IN_FLIGHT - 1  # requests of an export in the app: one is left for its user
MAX_PAGES_AHEAD: Final = 8  # pages of 2,000 leads (3 to 8 MB) in flight or waiting to be written, whatever in_flight allows
MAX_LEADS_OF_WORKBOOK: Final = 1_048_575  # rows of a sheet without the header ("Excel specifications and limits", Microsoft)
MANY_LEADS_OF_WORKBOOK: Final = 100_000  # leads above which a spreadsheet takes more than half a minute to open a workbook
WORKBOOK_BYTES_A_LEAD: Final = 500  # of a file with every field, measured with sample leads of 85 fields
THREAD_TURN: Final = 0.05  # seconds for which a thread of an export runs: with Python's 0.005, switching takes 1/20 of the time
MADE_BEFORE_GARBAGE: Final = 10_000  # objects before Python looks for cycles (default 700), which takes 1/10 of an export's time

# Exported files
EXPORTED_AT_ONCE: Final = 250  # rows read and written together: what fits a processor's cache takes 2/3 of the time of pages
SPOOL_IN_MEMORY_BYTES: Final = 16 * 1024 * 1024  # of CSV lines whose columns are not known yet; more go into an unlinked file
SPOOL_READ_BYTES: Final = 256 * 1024  # of a partial file at a time
PARQUET_GROUP_ROWS: Final = 5_000  # smaller groups make a larger file, larger ones take more memory
WORKBOOK_AT_ONCE: Final = 100  # rows whose cells are made together: more than fit a processor's cache take twice the time
WORKBOOK_MEASURED_ROWS: Final = 200  # the first leads, whose values determine the widths of the columns

# Narrowing and sorting
LOAD_ALL_LIMIT: Final = 200_000  # leads of a snapshot: 70 MB compressed, and 100 requests of 2,000
MAX_MARKS: Final = 50_000  # marked leads, whose rows are kept as they were received: 70 MB
PLAIN_ROWS: Final = 50_000  # leads of a snapshot up to which its rows are kept as they were received: 70 MB
SNAPSHOT_ROWS_KEPT: Final = 2_000  # leads of a snapshot that is kept for going back, besides the last one: 3 MB
BLOCK_ROWS: Final = 100  # rows that are compressed together: showing one takes 0.2 ms; twice as many save a tenth
COMPRESSION_LEVEL: Final = 1  # of zstd, 3 µs a row: 240 bytes of the 1,790 of a lead of the demo; 5 takes 9 µs for 190
BLOCKS_DECOMPRESSED: Final = 32  # blocks kept for the rows shown last, about 200 KB each: a screen of rows in any order
MAX_COLUMN_VALUES: Final = 200_000  # different values of a column that is kept, about 200 bytes each
ROWS_AT_ONCE: Final = 1_000  # rows sorted or narrowed without a pause: 20 ms at most, so that the next keys see the result
TURN_SECONDS: Final = 0.004  # of work before the event loop runs again: a quarter of a frame, so that keys respond as usual
PASSES_BETWEEN_TURNS: Final = 6  # of the event loop: with one, work that takes three passes was late by three turns
TURNS_TO_SEND: Final = 9  # of the event loop until a request is sent: its tasks, the pace, its turn, its thread

# Look-ups and lists
MAX_LEADS_COMPARED: Final = 10_000  # of a search that is read whole, as for a foreign number: no number has so many leads
FIRST_NAMES_SECONDS: Final = 0.3  # after the last names, for which a page waits for the first names: two paints would flicker
MAX_HEADING_CHARACTERS: Final = 60  # of the name in a heading
COMBINED_SEARCHES_KEPT: Final = 3  # of several requests each: the visible one, an export and a load; older ones are read again
MAX_LIST_BYTES: Final = 2 * 1024 * 1024  # from standard input; read and checked as a whole
MAX_FAILED_LOOK_UPS: Final = 5  # in a row: the server is down, and each takes four attempts and 15 s
SAMPLE_LEADS: Final = 20  # of a list, by which a table settles its widths
SAMPLE_SECONDS: Final = 5.0  # for which the first of them wait for the others
SEARCH_LIMIT: Final = 100  # leads that `lead-tui search` prints by default
PROGRESS_SECONDS: Final = 0.25  # between two updates of its progress: four a second are easy to read

# Opened files
FILE_BLOCK_BYTES: Final = 64 * 1024  # of a file that are read at a time: 20 to 40 leads, 0.1 ms for the row that is shown
MAX_RECORD_BYTES: Final = 4 * 1024 * 1024  # of a lead in a file: a longer one has lost its closing quotation mark
FILE_LOAD_ALL_LIMIT: Final = 2_000_000  # leads of a snapshot of a file, which no server has to send: 0.7 GB compressed
FILE_SEARCHES_KEPT: Final = 8  # whose matching rows are remembered: up to 8 bytes per lead each
FILE_POLL_SECONDS: Final = 0.05  # between checks whether a caller that waits for rows was canceled
FILE_TABLE_ROWS: Final = 100  # of a database between two positions that are kept: at most these are read to reach one
FILE_PARQUET_ROWS: Final = 500  # of a Parquet file that are decoded together
MAX_FILE_COLUMNS: Final = 12  # fields of a file up to which the table shows all of them: they were chosen for the file

# The screen
START_SECONDS: Final = 0.1  # from the first response until postponed work of the start is done: its rows are visible by then
SLOW_SECONDS: Final = 1.0  # of a response from which on the screen says how long it took
LOADING_SHOWN_SECONDS: Final = 5.0  # of waiting before the seconds are shown, which repaints the line every second
DETAIL_REST: Final = 0.06  # seconds for which the cursor must rest before the detail follows it
MAX_VALUE_CHARACTERS: Final = 50_000  # of one value in the detail: a few thousand lines; an export has all of it
MAX_VALUE_LINES: Final = 3_000  # of one value in the detail, for one that is all line breaks: 10 ms to build
MAX_HISTORY_DAYS: Final = 36_500  # no account is older than a century, and dates do not go back forever
HISTORY_DAYS: Final = 90  # of a lead's history that are read first: what agents ask about
HISTORY_ALL_DAYS: Final = 3_650  # of a lead's history when the user wants older events
HISTORY_CALLS: Final = 500  # calls in a request, the most that log/retrieve sends
HISTORY_OTHERS: Final = 100  # callbacks or recordings in a request, the most that leads/get-recordings sends
MAX_DNC_CHECKS: Final = 5_000  # numbers whose check is remembered: a day's calls
MAX_COUNTS_SHOWN: Final = 1_000  # of different values, the highest first: no one scrolls through more
SUGGESTION_LINES: Final = 8  # of the list below a filter: it scrolls, and leaves the neighboring filters in view
MAX_SUGGESTIONS: Final = 100  # in that list: typing one more letter finds the others
WIDE_COLUMNS: Final = 120  # terminal columns from which three panes stand side by side
MIN_COLUMNS: Final = 60  # below this, or below MIN_LINES, a plain notice is shown
MIN_LINES: Final = 15
Theme = Literal["terminal", "dark", "light"]  # of colors; the default first
THEMES: Final[tuple[Theme, ...]] = get_args(Theme)

# Suggestions
MAX_SEEN_VALUES: Final = 500  # kept of a filter's field: an account has dozens of statuses, lists and people; cities are cut
MAX_SEEN_LEADS: Final = 5_000  # remembered as counted, so that a repeated search does not count twice: 0.3 MB
MAX_SEEN_CATEGORIES: Final = 40  # values up to which an attribute is a category; one with more is a name or a number
MAX_SEEN_KEYS: Final = 500  # attributes whose values are kept, and custom ones that the column dialog offers
MAX_SEEN_CHARACTERS: Final = 60  # of a value worth choosing from a list
STUDIED_ROWS: Final = 200  # around the cursor that are read when values are suggested: about 10 ms
MAX_ACCOUNT_NAMES: Final = 2_000  # of a section that are kept: an account has hundreds of lists; comparing them takes 5 ms per key
NAMED_USERS: Final = 500  # users in a request: no maximum is documented, and without a limit 20 are sent

# Files
LOCK_TIMEOUT: Final = 5.0  # seconds to wait for another session that is saving
LOCK_POLL_SECONDS: Final = 0.02  # between attempts to take its lock: a save takes a few milliseconds
TOKEN_COMMAND_TIMEOUT: Final = 10.0  # seconds for auth_token_command
MAX_TOKEN_CHARACTERS: Final = 512  # Convoso's have 32: a file that contains more is another file
MAX_CONFIGURATION_BYTES: Final = 1024 * 1024  # of a configuration file: thousands of saved queries
MAX_SETTING_NAME_CHARACTERS: Final = 200  # of a name in config.toml, and shown of a key that has to be quoted
MAX_NAME_CHARACTERS: Final = 100  # of a saved query's name: what a picker can show

# The terminal
LEAVE_SECONDS: Final = 1.0  # for an orderly exit, which takes milliseconds; then the process kills itself, whatever it waits for
MAX_CLIPBOARD_BYTES: Final = 74_994  # for OSC 52: 100,000 in base64, where xterm and hterm stop; tmux takes a megabyte
MAX_MOSH_CLIPBOARD_BYTES: Final = 12_000  # for OSC 52 through mosh, which cuts 16 KiB of base64 and closes them as if whole
SCREEN_STRING_BYTES: Final = 248  # of one string through GNU screen, which cuts at 256 (768 from 4.1 on)
LINE_WINDOW_BYTES: Final = 16 * 1024  # in transit to the terminal before repaints are held back: 130 ms at 1 Mbit/s
UNWRITTEN_BYTES: Final = 8 * 1024  # waiting in the process: a whole screen; the pseudo-terminal buffers 20 KB before that
PROBE_BYTES: Final = 1024  # of drawing between two status queries to the terminal; query and reply have 4 bytes each
PROBE_SECONDS: Final = 1.0  # for which a held repaint waits for the reply; a terminal that stays silent is not asked again
PROBE_DRAIN_SECONDS: Final = 0.5  # for which the exit waits for replies, which the shell would otherwise take for typed text
SPLIT_SEQUENCE_SECONDS: Final = 5.0  # for the rest of a sequence or a paste: a stalled connection is longer silent than a key
MIN_BURST_TEXT: Final = 5  # printable characters in one read that mean pasted text, not commands: typed keys arrive one by one
MULTIPLEXER_PATIENCE: Final = 2.0  # seconds for tmux to report an option, which takes milliseconds

# Failures, the doctor, the demo
MAX_FAILURES_LOGGED: Final = 50  # in a session: a few show what is wrong, more only fill the disk
CLOCK_DOUBT: Final = 60.0  # seconds between this clock and the server's: more shifts days and leads' local times
MAX_ESCAPE_TIME: Final = 50  # milliseconds for which tmux may hold back an Escape: more is noticeable at every close
DEMO_LEADS: Final = 100_000  # by default: too many to scroll through by chance
DEMO_RESULTS: Final = 4  # of searches, kept for the next page: up to 8 bytes per lead each
