"""Messages a second and p99 through the real routes, beside (a) the same server without a store and (b) PTB's webhook;
and beside a fixed reply, which is (a) without the dispatcher and the dialogues.

    python -m tests.bench messages [--messages 2000] [--rounds 5] [--database URL]

Each message is committed with synchronous=FULL before it is answered. Variants take turns, so that a machine that
slows down slows all; medians are shown, and the ratios of the medians. Then what the service holds in memory once it
has handled 10,000 messages and at the end, and how long a start takes: to the first answer on a new store, in the
terminal and over /wechat, by the clock and in processor time (which others on the machine disturb less).
"""

from __future__ import annotations

import itertools
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from tests.bench.load import Result, drive, http_post
from tests.bench.servers import SECRET
from tests.fakes.wechat_crypto import Crypto, signature

CONNECTIONS = (1, 32, 256)
OTHERS = {"no store": "nostore", "fixed reply": "fixed", "ptb": "ptb"}  # what is compared -> kind of server
PEOPLE = 600
MANY = 10_000  # messages after which the memory is looked at
STARTS = 5
APP_ID, WECHAT_TOKEN = "wxbench0000000001", "benchtoken"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
numbers = itertools.count(int(time.time()) << 20)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment(folder: Path, database: str | None) -> dict[str, str]:
    """The settings of the measured servers; the platforms' addresses lead nowhere."""
    base = {name: value for name, value in os.environ.items() if not name.startswith("YIZHAN_")}
    nowhere = "http://127.0.0.1:9"
    return {
        **base,
        "YIZHAN_DATA_DIR": str(folder),
        "YIZHAN_LOG_LEVEL": "ERROR",
        "YIZHAN_WECHAT_APP_ID": APP_ID,
        "YIZHAN_WECHAT_APP_SECRET": "x",
        "YIZHAN_WECHAT_TOKEN": WECHAT_TOKEN,
        "YIZHAN_WECHAT_AES_KEY": AES_KEY,
        "YIZHAN_WECHAT_API_URL": nowhere,
        **({"YIZHAN_DATABASE_URL": database} if database else {}),
    }


def wechat(count: int) -> list[bytes]:
    """So many new encrypted messages, signed now."""
    crypto = Crypto(WECHAT_TOKEN, AES_KEY, APP_ID)
    made = []
    for number in range(count):
        stamp, nonce = str(int(time.time())), str(number)
        xml = (
            f"<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[person-{number % PEOPLE}]]>"
            f"</FromUserName><CreateTime>{stamp}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
            f"<Content><![CDATA[菜单]]></Content><MsgId>{next(numbers)}</MsgId></xml>"
        )
        sealed = crypto.encrypt(xml.encode())
        signed = signature(WECHAT_TOKEN, stamp, nonce, sealed)
        body = f"<xml><ToUserName><![CDATA[gh_1]]></ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
        query = f"timestamp={stamp}&nonce={nonce}&encrypt_type=aes&msg_signature={signed}"
        made.append(http_post(f"/wechat?{query}", body.encode(), ["Content-Type: text/xml"]))
    return made


def telegram(count: int) -> list[bytes]:
    """So many new updates."""
    made = []
    for number in range(count):
        chat = 6_000_000_000 + number % PEOPLE
        body = (
            f'{{"update_id":{next(numbers)},"message":{{"message_id":1,"date":{int(time.time())},"text":"菜单",'
            f'"chat":{{"id":{chat},"type":"private"}},"from":{{"id":{chat},"is_bot":false,"first_name":"x"}}}}}}'
        )
        headers = ["Content-Type: application/json", f"X-Telegram-Bot-Api-Secret-Token: {SECRET}"]
        made.append(http_post("/telegram", body.encode(), headers))
    return made


def start(command: list[str], settings: dict[str, str], port: int) -> subprocess.Popen[bytes]:
    """Start a server and wait till it listens."""
    process = subprocess.Popen(command, env=settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return process
        time.sleep(0.05)
    raise RuntimeError(f"{command} does not listen")


def first_reply(settings: dict[str, str]) -> tuple[float, float]:
    """Seconds from starting the process to its first answer, in the terminal: by the clock, and of processor time."""
    begun = time.perf_counter()
    command = [sys.executable, "-m", "bot", "chat"]
    with subprocess.Popen(command, env=settings, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        taken = time.perf_counter() - begun, processor_time(process)
        process.kill()
    return taken


async def first_answer(settings: dict[str, str]) -> tuple[float, float]:
    """The same for a server, to its first answer over /wechat."""
    port, begun = free_port(), time.perf_counter()
    process = start([sys.executable, "-m", "bot", "run", "--port", str(port)], settings, port)
    try:
        await drive(port, wechat(2), 1)
        return time.perf_counter() - begun, processor_time(process)
    finally:
        process.kill()
        process.wait()


def processor_time(process: subprocess.Popen[bytes]) -> float:
    """Seconds of it that a process has used, with the children it has waited for."""
    return sum(psutil.Process(process.pid).cpu_times()[:4])


def resident(process: subprocess.Popen[bytes]) -> float:
    """MB in memory."""
    size: int = psutil.Process(process.pid).memory_info().rss
    return size / 2**20


async def measure(messages: int, rounds: int, database: str | None) -> None:
    """Run all variants in turns and print the table."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        settings = environment(folder, database)
        ports = {name: free_port() for name in ("yizhan", *OTHERS)}
        python = sys.executable
        servers = {
            "yizhan": start([python, "-m", "bot", "run", "--port", str(ports["yizhan"])], settings, ports["yizhan"]),
        }
        for name, kind in OTHERS.items():
            apart = {**settings, "YIZHAN_DATA_DIR": str(folder / kind), "YIZHAN_DATABASE_URL": ""}
            servers[name] = start([python, "-m", "tests.bench.servers", kind, str(ports[name])], apart, ports[name])
        try:
            results, held = await _rounds(messages, rounds, ports, servers["yizhan"])
        finally:
            for server in servers.values():
                server.kill()
                server.wait()
        _show(results)
        print()
        for handled, size in (next((one for one in held if one[0] >= MANY), held[-1]), held[-1]):
            print(f"resident after {handled:6} messages: {size:.1f} MB")
        fresh = [environment(folder / f"fresh-{number}", None) for number in range(STARTS * 2)]
        _show_starts("the terminal", [first_reply(one) for one in fresh[:STARTS]])
        _show_starts("/wechat", [await first_answer(one) for one in fresh[STARTS:]])


def _show_starts(where: str, starts: list[tuple[float, float]]) -> None:
    clock, processor = (statistics.median(column) for column in zip(*starts, strict=True))
    print(
        f"start to first answer, {where:12}: {clock:.2f} s, {processor:.2f} s of processor time (medians of {STARTS})"
    )


async def _rounds(
    messages: int, rounds: int, ports: dict[str, int], service: subprocess.Popen[bytes]
) -> tuple[dict[tuple[str, int], list[Result]], list[tuple[int, float]]]:
    """The results, and what the service held in memory after how many messages."""
    results: dict[tuple[str, int], list[Result]] = {}
    handled, held = PEOPLE, []
    makers = {name: telegram if name == "ptb" else wechat for name in ports}
    for variant, make in makers.items():
        await drive(ports[variant], make(PEOPLE), 32)  # everybody is known, everything is imported
    for _ in range(rounds):
        for connections in CONNECTIONS:
            for variant, make in makers.items():
                count = messages if connections > 1 else max(200, messages // 8)
                results.setdefault((variant, connections), []).append(
                    await drive(ports[variant], make(count), connections)
                )
                if variant == "yizhan":
                    handled += count
                    held.append((handled, resident(service)))
    return results, held


def _show(results: dict[tuple[str, int], list[Result]]) -> None:
    print(f"{'connections':>11} {'server':>12} {'messages/s':>11} {'p99 ms':>8} {'refused':>8}   yizhan against it")
    for connections in CONNECTIONS:
        own = statistics.median(one.rate for one in results["yizhan", connections])
        for variant in ("yizhan", *OTHERS):
            runs = results[variant, connections]
            rate, p99 = statistics.median(one.rate for one in runs), statistics.median(one.p99 for one in runs)
            refused = sum(one.refused for one in runs)
            print(f"{connections:>11} {variant:>12} {rate:>11.0f} {p99:>8.1f} {refused:>8}   {own / rate:.2f}")
