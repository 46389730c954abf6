"""What runs in the processes of mapper.py.  It imports as little as can be."""

import gc
import multiprocessing
import os
import threading
from multiprocessing.connection import wait

from job.lobechat.staging.chunks import Chunk, Rows, map_chunk
from job.mapping.rows import MappingOptions


def begin() -> None:
    """Make a process that was just started fit for mapping."""
    gc.disable()  # what a chunk needs goes when the next one comes
    job = multiprocessing.parent_process()
    if job:
        threading.Thread(target=_end_with, args=(job.sentinel,), daemon=True).start()


def _end_with(job: int) -> None:
    """End this process as soon as the job has ended, however it did; the pool alone would let it wait for ever."""
    wait([job])
    os._exit(0)


def try_map_chunk(chunk: Chunk, options: MappingOptions) -> Rows | None:
    """The rows, or None: the job maps this chunk itself then, and meets the same error where it is told."""
    try:
        return map_chunk(chunk, options)
    except Exception:  # noqa: BLE001 - as said
        return None
