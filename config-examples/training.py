"""A training program that logs with Python's logging, as InstructLab does: its metrics go to those of whenever.

It needs nothing but Python, and runs by itself, too: then its metrics are on standard error.
"""

import json
import logging
import math
import os
import sys

metrics = logging.getLogger("training.metrics")


class WheneverHandler(logging.Handler):
    """Writes each dictionary that is logged as one line to WHENEVER_EVENTS_FD."""

    def __init__(self):
        super().__init__()
        fd = os.environ.get("WHENEVER_EVENTS_FD")
        self.out = sys.stderr if fd is None else os.fdopen(int(fd), "w", encoding="utf-8", closefd=False)

    def emit(self, record):
        if not isinstance(record.msg, dict):
            return
        if getattr(record, "hparams", False):
            line = {"hparams": record.msg}
        else:
            line = {"metric": record.msg, "step": getattr(record, "step", None)}
        try:
            self.out.write(json.dumps(finite(line), allow_nan=False) + "\n")
            self.out.flush()
        except (OSError, TypeError, ValueError):
            self.handleError(record)


def finite(value):
    """The value with texts in the place of numbers that JSON does not have."""
    if isinstance(value, dict):
        return {key: finite(one) for key, one in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def train(lr, epochs, steps):
    metrics.info({"lr": lr, "epochs": epochs, "steps": steps}, extra={"hparams": True})
    step, weight = 0, 0.0
    for epoch in range(epochs):
        for _ in range(steps):
            loss = (weight - 3) ** 2
            weight -= lr * 2 * (weight - 3)
            metrics.info({"epoch": epoch, "train": {"loss": loss, "lr": lr}}, extra={"step": step})
            step += 1
    logging.info("the weight is %.3f after %d steps", weight, step)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
    metrics.propagate = False
    metrics.addHandler(WheneverHandler())
    train(lr=0.1, epochs=3, steps=5)
