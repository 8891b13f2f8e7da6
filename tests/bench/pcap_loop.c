/* pcap_loop.c: reads a capture with libpcap and touches nothing: the yardstick
 * of tests/bench/capture_test.sh.  Prints the number of packets. */
#include <pcap/pcap.h>
#include <stdio.h>

int main(int argc, char **argv)
{
  char error[PCAP_ERRBUF_SIZE];
  struct pcap_pkthdr *header;
  const unsigned char *data;
  unsigned long count = 0;
  pcap_t *capture;

  if (argc != 2 || (capture = pcap_open_offline(argv[1], error)) == NULL) {
    return 2;
  }
  while (pcap_next_ex(capture, &header, &data) == 1) {
    count++;
  }
  pcap_close(capture);
  printf("%lu\n", count);
  return 0;
}
