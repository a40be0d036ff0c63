"""Every policy number of the program, with its unit and its reason. Data only.

Sources: the API's document, what public clients do (3 requests a second, 5 to 30 s of patience), and measurements of this design.
A number that a person may set is the default of the setting of the same name.
"""

from __future__ import annotations

from typing import Final

# The API

MOST_LIMIT: Final = 2_000
"""Leads a request may ask for (the API's document)."""

REQUESTS_PER_SECOND: Final = 3.0
"""No limit is published; clients in production settle here. 0 is no limit."""

REQUEST_BURST: Final = 6
"""Requests that may leave at once after a rest: a look-up is three, and the pages around a jump are two or three."""

REQUESTS_IN_FLIGHT: Final = 3
"""Requests under way at a time: one look-up in all three phone fields."""

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

MOST_RETRY_AFTER: Final = 60.0
"""Seconds of ``Retry-After`` that are honoured."""

MOST_BODY_BYTES: Final = 32 * 1024 * 1024
"""The largest answer that is read: 2,000 leads of 4 KB are 8 MB, and a stranger's megabyte may sit in a few of them."""

# The table

PAGE_ROWS: Final = 200
"""Leads of a square of the grid on which pages lie: some screens ahead, about 300 KB, 100 ms of a server's time."""

FIRST_ROWS: Final = 50
"""Leads of the first request of a result: what the largest usual screen shows, so that the first rows come soon."""

ROWS_AHEAD: Final = 100
"""Rows fetched beyond the edge of the view in the direction of travel: two or three screens."""

MOST_SPAN_ROWS: Final = 400
"""Leads of one request for the view: two squares, since a view often lies across a border of the grid."""

FLING_REST: Final = 0.08
"""Seconds the view must rest before a page that it flies over is asked for: longer than a held key's repeat (30 ms)."""

FLING_WINDOW: Final = 0.25
"""Seconds over which the view's speed is taken: a view that passes a page in less time than a page takes to come is flying."""

MOST_ROWS: Final = 1_000_000_000
"""Rows a total may claim: more is no count of leads, and would not fit the arrays."""

SHORT_PAGE_ATTEMPTS: Final = 3
"""Times the rest of a page that came shorter than asked is asked for again."""

CACHE_MB: Final = 4
"""Megabytes of pages kept: with 4 the growth after 300 pages is 1.22x, with 8 it is 1.30x."""

LOAD_ALL_LIMIT: Final = 50_000
"""Leads of a snapshot at most: about a second to sort on one core."""

# The screen

DETAIL_REST: Final = 0.06
"""Seconds the cursor must rest before the detail follows it."""

WIDE_COLUMNS: Final = 120
"""Terminal columns from which three panes stand side by side."""

LEAST_COLUMNS: Final = 60
LEAST_LINES: Final = 15
"""Below these a plain notice is shown."""

# Files

LOCK_TIMEOUT: Final = 5.0
"""Seconds to wait for another session that is saving."""

TOKEN_COMMAND_TIMEOUT: Final = 10.0
"""Seconds that ``auth_token_command`` may take."""

SEARCH_LIMIT: Final = 100
"""Leads that ``lead-tui search`` prints unless told."""
