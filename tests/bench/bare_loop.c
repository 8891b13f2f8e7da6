/* bare_loop.c: reads a capture with libpcap and does nothing with it: what a
 * tool that reads captures costs at least. */
#include <pcap/pcap.h>
#include <stdio.h>

int main(int argc, char **argv)
{
  char error[PCAP_ERRBUF_SIZE];
  struct pcap_pkthdr *header;
  const u_char *bytes;
  unsigned long packets = 0, sum = 0;
  pcap_t *pcap = pcap_open_offline(argv[argc - 1], error);

  if (pcap == NULL) {
    fprintf(stderr, "%s\n", error);
    return 1;
  }
  while (pcap_next_ex(pcap, &header, &bytes) == 1) {
    packets++;
    sum += header->caplen != 0 ? bytes[0] : 0;
  }
  pcap_close(pcap);
  printf("%lu packets %lu\n", packets, sum);
  return 0;
}
