#!/bin/sh
# A server may send fewer leads a page than asked for: here at most 200, of 1,000, and each answer has the total. With pages of 500,
# dlt 1.31.0 (PyPI) moves on by what it asked for and not by what came, though it reads the total; politeclient 0.1.2 (PyPI) takes the first page
# for the last one. Neither reports anything:
#   dlt           requests at 0 and 500   400 leads, none of 200 to 499 or from 700 on
#   politeclient  request at 0            200 leads
#
# What to do: ask for one page first, and give the paginator the number of leads that came as its limit; compare the leads read with the total.
set -eu
work=$(mktemp -d)
export TMPDIR="$work" DLT_DATA_DIR="$work/dlt" RUNTIME__DLTHUB_TELEMETRY=false
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
python3 -m venv venv
venv/bin/pip install -q dlt==1.31.0 politeclient==0.1.2 httpx==0.28.1
cat >read.py <<'PYTHON'
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import httpx
from dlt.sources.helpers.rest_client import RESTClient
from dlt.sources.helpers.rest_client.paginators import OffsetPaginator
from politeclient import paginate_offset

TOTAL, MOST = 1_000, 200
offsets = []


class Leads(BaseHTTPRequestHandler):
    def do_GET(self):
        asked = parse_qs(urlsplit(self.path).query)
        offset, limit = int(asked["offset"][0]), min(int(asked["limit"][0]), MOST)
        offsets.append(offset)
        leads = [{"id": number} for number in range(offset, min(offset + limit, TOTAL))]
        body = json.dumps({"total": TOTAL, "entries": leads}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def show(name, leads):
    ids = [lead["id"] for lead in leads]
    jumps = [f"{before} to {after}" for before, after in zip(ids, ids[1:]) if after != before + 1]
    print(f"{name}: requests at {offsets}, {len(ids)} of {TOTAL} leads, jumps {jumps}, last {ids[-1]}")
    offsets.clear()


with ThreadingHTTPServer(("127.0.0.1", 0), Leads) as server:
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    for size in (500, 200):
        client = RESTClient(url, paginator=OffsetPaginator(limit=size, total_path="total"))
        show(f"dlt, pages of {size}", [lead for page in client.paginate("/leads", data_selector="entries") for lead in page])
        fetch = lambda parameters: httpx.get(f"{url}/leads", params=parameters, trust_env=False).json()
        show(f"politeclient, pages of {size}", paginate_offset(fetch, items_key="entries", limit=size))
    server.shutdown()
PYTHON
cat >expected.txt <<'LINES'
dlt, pages of 500: requests at [0, 500], 400 of 1000 leads, jumps ['199 to 500'], last 699
politeclient, pages of 500: requests at [0], 200 of 1000 leads, jumps [], last 199
dlt, pages of 200: requests at [0, 200, 400, 600, 800], 1000 of 1000 leads, jumps [], last 999
politeclient, pages of 200: requests at [0, 200, 400, 600, 800, 1000], 1000 of 1000 leads, jumps [], last 999
LINES
venv/bin/python read.py | tee observed.txt
cmp observed.txt expected.txt
