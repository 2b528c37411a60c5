"""Processes of their own for tests, forked from one that has loaded the hub: loading it takes longer than most of them live.

A fork gets neither the variables nor the folder of the process that asks for it, but those the first one began with.
"""

import multiprocessing

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["hub.cli", "hub.init.interview", "hub.doctor", "tests.callers.stand"])
