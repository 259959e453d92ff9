"""Run the benchmark of `wrapped run`."""

from bench import running

running.run()
