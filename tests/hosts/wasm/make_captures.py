"""Captures for the page: make_captures.py DIRECTORY

The end of each name says what the page has to find in it: connections to
tell, fragments to count."""
import gzip
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "cli"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "python"))
import craft  # noqa: E402
from wrap import fragmented, several_interfaces  # noqa: E402


def main():
    out = Path(sys.argv[1])
    out.mkdir(parents=True)
    plain = craft.refused()
    six = craft.refused(client=craft.CLIENT6, server=craft.SERVER6)
    # hop-by-hop and destination options before TCP
    chain = b"\x3c\0\1\4\0\0\0\0" b"\x06\0\1\4\0\0\0\0"
    longer = [(time, data[:4] + (len(data) - 40 + len(chain)).to_bytes(2, "big")
               + b"\0" + data[7:40] + chain + data[40:]) for time, data in six]
    parts = [(time, part) for number, (time, data) in enumerate(plain)
             for part in fragmented(data, number)]
    count = sum(1 for _, data in parts
                if int.from_bytes(data[6:8], "big") & 0x3fff)
    files = {
        "plain=[1,0].pcap": craft.pcap(plain),
        "nano=[1,0].pcap": craft.pcap(plain, order=">", nano=True),
        "gzip=[1,0].pcap.gz": gzip.compress(craft.pcap(plain)),
        "extensions=[1,0].pcap": craft.pcap(longer),
        "cooked=[1,0].pcap": craft.pcap(six, craft.sll2, 276),
        "interfaces=[1,0].pcapng": several_interfaces(plain),
        "pcapng=[1,0].pcapng.gz": gzip.compress(craft.pcapng(six)),
        f"fragments=[1,{count}].pcap": craft.pcap(parts),
    }
    for name, data in files.items():
        (out / name).write_bytes(data)


if __name__ == "__main__":
    main()
