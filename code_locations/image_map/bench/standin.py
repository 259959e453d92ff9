"""The stand-in wiki in a separate process, controlled by lines on standard input: `touch NAME`, `log`, `mobs`.

Each line is answered with one line of JSON; the first line of output is the server's URL.
"""

import json
import sys

from wrapped_devkit.osrs_server import StandInServer
from wrapped_devkit.osrs_server.prices import Prices
from wrapped_devkit.osrs_server.wiki import Wiki
from wrapped_devkit.osrs_server.wiki_bestiary import Bestiary


def main(extra_mobs: int, extra_items: int) -> None:
    """Serve until standard input ends."""
    bestiary = Bestiary(extra_mobs=extra_mobs, extra_items=extra_items)
    for file in bestiary.files.values():
        if not file.name.startswith("Curio"):
            file.drawn()  # so that drawing is not measured
    with StandInServer([Wiki(bestiary), Prices(bestiary)]) as server:
        answer(server.url)
        for line in sys.stdin:
            word, _, rest = line.strip().partition(" ")
            if word == "touch":
                bestiary.touch(rest)
                answer("touched")
            elif word == "mobs":
                answer(bestiary.mobs())
            elif word == "log":
                paths = [entry.path for entry in server.log.entries()]
                files = [path for path in paths if path.startswith("/images/")]
                server.log.clear()
                answer({"api": len(paths) - len(files), "downloads": len(files), "distinct": len(set(files))})


def answer(value: object) -> None:
    """Print one line of JSON at once."""
    print(json.dumps(value), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
