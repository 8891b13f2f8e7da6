"""tlsdiag: why did this TLS handshake fail, who ended it, and what fixes it?

    from tlsdiag import ClientHello, Close, Flow, From, explain

    ClientHello.from_stream(data).server_name     # decode one hello
    explain("alert number 40").best.advice         # from an error text
    with Flow() as flow:                           # watch one connection
        flow.feed(From.CLIENT, data)
        flow.close(From.SERVER, Close.RST)
    print(flow.verdict())

Everything is computed by libtlsdiag, found by TLSDIAG_LIBRARY, beside this
package, or by its SONAME."""
from ._library import LIB as _LIB
from ._library import Error
from .enums import (AlertFlag, Anomaly, Cause, Close, Field, Format, From, Has,
                    Nature, Obs, Outcome, Party, Protocol, Registry, Section,
                    Stack, Stage)
from .flow import (Alert, Flow, Hint, Observation, PossibleCause, Verdict,
                   cause_text, explain, scan)
from .hello import (ClientHello, Extension, Fault, Incomplete, OddThing,
                    ServerHello, find_handshake, name, recognise)
from .track import Group, Track

_number = _LIB.tlsdiag_version()
__version__ = f"{_number >> 16}.{_number >> 8 & 255}.{_number & 255}"
__all__ = [
    "Alert", "AlertFlag", "Anomaly", "Cause", "ClientHello", "Close", "Error",
    "Extension", "Fault", "Field", "Flow", "Format", "From", "Group", "Has",
    "Hint", "Incomplete", "Nature", "Obs", "Observation", "OddThing",
    "Outcome", "Party", "PossibleCause", "Protocol", "Registry", "Section",
    "ServerHello", "Stack", "Stage", "Track", "Verdict", "cause_text",
    "explain", "find_handshake", "name", "recognise", "scan"]
