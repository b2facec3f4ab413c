"""What is counted and shown at /metrics: no names, no words, only kinds and numbers."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class Metrics:
    """The counters of one running service."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.messages = Counter("yizhan_messages", "Messages handled", ["channel"], registry=self.registry)
        self.repeated = Counter("yizhan_messages_repeated", "Messages seen before", ["channel"], registry=self.registry)
        self.parked = Counter(
            "yizhan_messages_parked", "Messages that failed three times", ["channel"], registry=self.registry
        )
        self.refused = Counter(
            "yizhan_refused", "Requests refused at the edge", ["channel", "reason"], registry=self.registry
        )
        self.failures = Counter("yizhan_failures", "Failures by kind", ["kind"], registry=self.registry)
        self.sends = Counter("yizhan_sends", "What became of sends", ["channel", "result"], registry=self.registry)
        self.latency = Histogram(
            "yizhan_message_seconds",
            "From arrival to commit",
            registry=self.registry,
            buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
        )
        self.batch = Histogram(
            "yizhan_batch_messages",
            "Messages in one commit",
            registry=self.registry,
            buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256),
        )
        self.outbox = Gauge("yizhan_outbox", "Rows in the outbox that are not done", ["state"], registry=self.registry)
        self.oldest = Gauge(
            "yizhan_outbox_oldest_seconds", "Since the first row that waits was due", registry=self.registry
        )
        self.leads = Gauge("yizhan_leads", "1 for what this process does for all", ["work"], registry=self.registry)

    def text(self) -> bytes:
        """The exposition format."""
        from prometheus_client import generate_latest

        return generate_latest(self.registry)
