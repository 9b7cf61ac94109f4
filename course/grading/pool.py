"""Worker processes of our own code: started afresh, gone when their parent is gone."""

import multiprocessing
import os
import threading
from concurrent.futures import ProcessPoolExecutor


def trusted_pool(workers: int) -> ProcessPoolExecutor:
    """Give a pool of fresh processes: JAX's threads do not survive a fork."""
    return ProcessPoolExecutor(
        workers, mp_context=multiprocessing.get_context("spawn"), initializer=_follow_parent
    )


def _follow_parent() -> None:
    """End this process when its parent ends, however that came."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_exit_after, args=(parent,), daemon=True).start()


def _exit_after(parent: "multiprocessing.process.BaseProcess") -> None:
    parent.join()
    os._exit(1)
