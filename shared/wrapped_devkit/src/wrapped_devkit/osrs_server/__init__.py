"""The stand-in for the OSRS hiscores and the wiki: an HTTP server on loopback, for people and tests.

What belongs here: the server itself (`base`), what it remembers (`log`), its movable clock (`clock`), the
faults it can be told to make (`faults`), the control endpoints (`control`), and one *part* per upstream that
it stands in for (`hiscores`, `wiki`), each a set of routes. What does not: any code of a location; the server
is reached over HTTP only.
"""

from wrapped_devkit.osrs_server.base import Part, Request, Response, Route, StandInServer
from wrapped_devkit.osrs_server.clock import StandInClock
from wrapped_devkit.osrs_server.faults import FAULT_KINDS, Fault, FaultPlan, parse_fault
from wrapped_devkit.osrs_server.log import LogEntry, RequestLog

__all__ = [
    "FAULT_KINDS",
    "Fault",
    "FaultPlan",
    "LogEntry",
    "Part",
    "Request",
    "RequestLog",
    "Response",
    "Route",
    "StandInClock",
    "StandInServer",
    "parse_fault",
]
