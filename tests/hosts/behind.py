"""A server that fails in four ways, one after the other.

    behind.py PORT"""
import socket
import struct
import sys

listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
ways = ["fin", "rst", "silent", "alert"]
while ways:
    peer = listener.accept()[0]
    if not peer.recv(9999):  # somebody looked whether the port is open
        continue
    way = ways.pop(0)
    if way == "rst":
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                        struct.pack("ii", 1, 0))
    elif way == "silent":
        peer.settimeout(9)
        try:
            peer.recv(1)  # until the other side has had enough
        except OSError:
            pass
    elif way == "alert":
        peer.sendall(bytes((21, 3, 3, 0, 2, 2, 40)))
    peer.close()
