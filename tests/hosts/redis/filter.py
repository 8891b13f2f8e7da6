"""A device before a server: resets each ClientHello above TLS 1.0.

    filter.py SERVER-PORT      prints the port it listens on"""
import socket
import struct
import sys
import threading


def pump(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def serve(client):
    head = client.recv(11, socket.MSG_PEEK | socket.MSG_WAITALL)
    # record header 5, handshake header 4, client_version 2
    if len(head) == 11 and head[9:11] > b"\3\1":
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                          struct.pack("ii", 1, 0))
        client.close()
        return
    with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as server:
        other = threading.Thread(target=pump, args=(client, server))
        other.start()
        pump(server, client)
        other.join()
    client.close()


listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],),
                     daemon=True).start()
