#!/usr/bin/env python3
"""A TLS server on asyncio that explains its own failed handshakes.

    asyncio_server.py CERT KEY [PORT]

TLS runs over two in-memory BIOs, so that every byte passes through this
program's hands and the flow sees what a capture would see.  One JSON line on
standard output for each handshake that fails."""
import asyncio
import json
import ssl
import sys
import time

from tlsdiag import Close, Flow, From, Party

PATIENCE = 10  # seconds for a handshake


class Handshake:
    """One handshake over a plain stream, watched by a flow."""

    def __init__(self, context: ssl.SSLContext, reader: asyncio.StreamReader,
                 writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing,
                                    server_side=True)
        self.flow = Flow(wall_clock=True)

    async def flush(self) -> None:
        """Sends what TLS wants to send."""
        data = self.outgoing.read()
        if data:
            self.flow.feed(From.SERVER, data, time.time_ns() // 1000)
            self.writer.write(data)
            await self.writer.drain()

    async def run(self) -> bool:
        """True when the handshake is done; False when the client left."""
        while True:
            try:
                self.tls.do_handshake()
                await self.flush()
                return True
            except ssl.SSLWantReadError:
                await self.flush()
            data = await asyncio.wait_for(self.reader.read(16384), PATIENCE)
            if not data:
                self.flow.close(From.CLIENT, Close.FIN)
                return False
            self.flow.feed(From.CLIENT, data, time.time_ns() // 1000)
            self.incoming.write(data)

    def explain(self) -> dict:
        """The verdict as a line for a log."""
        verdict = self.flow.verdict()
        best = verdict.best
        return {"client": self.writer.get_extra_info("peername")[0],
                "outcome": verdict.outcome.name.lower(), "cause": best.id,
                "confidence": best.confidence,
                "party": best.party.name.lower(), "advice": best.advice}


async def serve(context: ssl.SSLContext, reader: asyncio.StreamReader,
                writer: asyncio.StreamWriter) -> None:
    """One connection."""
    handshake = Handshake(context, reader, writer)
    try:
        done = await handshake.run()
        if done:
            handshake.tls.write(b"HTTP/1.0 200 OK\r\n\r\nhello\n")
            await handshake.flush()
    except ssl.SSLError as error:
        await handshake.flush()
        handshake.flow.hint(str(error), Party.SERVER)
        handshake.flow.close(From.SERVER, Close.LOCAL)
    except ConnectionResetError:
        handshake.flow.close(From.CLIENT, Close.RST)
    except asyncio.TimeoutError:
        handshake.flow.close(From.CLIENT, Close.TIMEOUT)
    if handshake.flow.verdict().failed:
        print(json.dumps(handshake.explain()), flush=True)
    writer.close()


async def main() -> None:
    """Listens until interrupted."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    port = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    server = await asyncio.start_server(
        lambda reader, writer: serve(context, reader, writer), "127.0.0.1",
        port)
    print("port", server.sockets[0].getsockname()[1], file=sys.stderr,
          flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
