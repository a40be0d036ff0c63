#!/bin/sh
# Four libraries that clients of dialer APIs use to stay within "3 requests per second" send five within one second after a short pause, since they
# count in seconds of their own or save up for a burst: of one request at 0 s and eight at 0.9 s the first six leave at
#   axios-rate-limit 1.9.0 (npm)  0  0.9 0.9 1.0 1.0 1.0: five within a tenth of a second
#   ratelimit 2.2.1 (PyPI)        the same
#   limiter 4.1.0 (npm)           0  0.9 0.9 1.0 1.2 1.6
#   aiolimiter 1.3.0 (PyPI)       0  0.9 0.9 0.9 1.2 1.6
# A server that counts the last second, as many do, sees five in it and answers 429. asyncio-throttle 1.0.2 and pyrate-limiter 4.5.1
# (PyPI) send three.
#
# What to do: use one that counts the last second, or set a rate of which twice as much is allowed.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
npm install --silent --no-audit --no-fund axios@1.21.1 axios-rate-limit@1.9.0 limiter@4.1.0 >/dev/null
python3 -m venv venv
venv/bin/pip install -q ratelimit==2.2.1 aiolimiter==1.3.0 asyncio-throttle==1.0.2 pyrate-limiter==4.5.1
cat >limits.mjs <<'JS'
import assert from "assert";
import axios from "axios";
import rateLimit from "axios-rate-limit";
import { RateLimiter } from "limiter";

// No request leaves this process.
const adapter = async (config) => (config.sent(), { data: "", status: 200, statusText: "", headers: {}, config });
const http = rateLimit(axios.create({ adapter }), { maxRequests: 3, perMilliseconds: 1000 });
const limiter = new RateLimiter({ tokensPerInterval: 3, interval: 1000 });
const CALLS = {
  "axios-rate-limit": (sent) => http.get("http://localhost/", { sent }),
  limiter: async (sent) => (await limiter.removeTokens(1), sent()),
};
for (const [name, call] of Object.entries(CALLS)) {
  const times = [];
  const sent = () => times.push(performance.now());
  const calls = [call(sent)];
  await new Promise((resolve) => setTimeout(resolve, 900));
  for (let number = 0; number < 8; number++) calls.push(call(sent));
  await Promise.all(calls);
  const most = Math.max(...times.map((begin) => times.filter((time) => time >= begin && time < begin + 950).length));
  console.log(`${name}: ${most} in a second; ${times.map((time) => ((time - times[0]) / 1000).toFixed(2)).join(" ")}`);
  assert.strictEqual(most, 5, name);
}
JS
node limits.mjs
cat >limits.py <<'PYTHON'
import asyncio
import time

import asyncio_throttle
import ratelimit
from aiolimiter import AsyncLimiter
from pyrate_limiter import Duration, Limiter, Rate

leaky = AsyncLimiter(3, 1)
throttler = asyncio_throttle.Throttler(3, 1)
fixed = ratelimit.sleep_and_retry(ratelimit.limits(calls=3, period=1)(lambda: None))
sliding = Limiter(Rate(3, Duration.SECOND))


async def throttled():
    async with throttler:
        pass


async def most_in_a_second(call):
    times = []

    async def send():
        await call()
        times.append(time.monotonic())

    calls = [asyncio.create_task(send())]
    await asyncio.sleep(0.9)
    calls += [asyncio.create_task(send()) for _ in range(8)]
    await asyncio.gather(*calls)
    return max(sum(begin <= each < begin + 0.95 for each in times) for begin in times), [round(each - times[0], 2) for each in times]


async def main():
    for name, call, expected in (
        ("aiolimiter", leaky.acquire, 5),
        ("ratelimit", lambda: asyncio.to_thread(fixed), 5),
        ("asyncio-throttle", throttled, 3),
        ("pyrate-limiter", lambda: asyncio.to_thread(sliding.try_acquire, "account"), 3),
    ):
        most, times = await most_in_a_second(call)
        print(f"{name}: {most} in a second;", *times)
        assert most == expected, name


asyncio.run(main())
PYTHON
venv/bin/python limits.py
