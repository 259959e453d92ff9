"""The stand-in for the OSRS hiscores and the wiki: an HTTP server on loopback, for people and tests.

What belongs here: the server itself (`base`), its request log (`log`), its adjustable clock (`clock`), the faults it
can inject (`faults`), the control endpoints (`control`), and one *part* per upstream that it imitates (`hiscores`,
`wiki`), each a set of routes. What does not: any code of a location; the server is accessed only over HTTP.
"""

from wrapped_devkit.osrs_server.base import Request, Response, Route, StandInServer
from wrapped_devkit.osrs_server.faults import FaultPlan, parse_fault

__all__ = ["FaultPlan", "Request", "Response", "Route", "StandInServer", "parse_fault"]
