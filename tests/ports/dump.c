/* dump.c: prints all that the library makes of the files it is given: hellos
 * as they come from the wire, and scripts of connections in the form that
 * fuzz/flow.c reads.  Every machine must print the same. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tlsdiag/tlsdiag.h"

enum { MAX_FILE = 1 << 16, TEXT = 4096 };

static uint8_t file[MAX_FILE];
static uint8_t scratch[MAX_FILE];

static void print_hex(const char *what, const uint8_t *bytes, size_t len)
{
  size_t i;

  printf("  %s ", what);
  for (i = 0; i < len; i++) {
    printf("%02x", bytes[i]);
  }
  printf("\n");
}

static void print_client_hello(const tlsdiag_client_hello *ch)
{
  char ja3[33], ja4[37];
  tlsdiag_extension ext;
  tlsdiag_iter it;

  printf("  client hello: %" PRIu32 " present %" PRIx64 " versions %x %x %x\n",
         ch->length, ch->present, ch->legacy_version, ch->version_min,
         ch->version_max);
  print_hex("random", ch->random.ptr, ch->random.len);
  print_hex("name", ch->server_name.ptr, ch->server_name.len);
  tlsdiag_iter_init(&it, &ch->extensions);
  while (tlsdiag_next_extension(&it, &ch->extensions, &ext)) {
    printf(" %u:%u", ext.type, (unsigned)ext.body.len);
  }
  (void)tlsdiag_ja3(ch, ja3, sizeof ja3);
  (void)tlsdiag_ja4(ch, ja4, sizeof ja4);
  printf("\n  %s %s\n", ja3, ja4);
}

static void dump_hello(const uint8_t *in, size_t len)
{
  tlsdiag_client_hello ch;
  tlsdiag_server_hello sh;
  tlsdiag_where where;
  tlsdiag_bytes msg;
  unsigned format;
  int status;

  status =
      tlsdiag_find_handshake(in, len, scratch, sizeof scratch, &msg, &where);
  printf("  find %d\n", status);
  if (status != TLSDIAG_STATUS_OK) {
    return;
  }
  for (format = 0; format < 3; format++) {
    ch.size = sizeof ch;
    sh.size = sizeof sh;
    status = tlsdiag_client_hello_decode(msg.ptr, msg.len, format, &ch, &where);
    printf("  decode %u: %d at %" PRIu64 " field %u\n", format, status,
           where.offset, where.field);
    if (status != TLSDIAG_STATUS_E_ABSENT) {
      print_client_hello(&ch);
    }
    status = tlsdiag_server_hello_decode(msg.ptr, msg.len, format, &sh, &where);
    if (status >= 0) {
      printf("  server hello: %x %x\n", sh.version, sh.cipher_suite);
    }
  }
}

static void print_flow(const tlsdiag_flow *flow)
{
  tlsdiag_observation seen;
  tlsdiag_verdict v;
  char text[TEXT];
  unsigned i;

  for (i = 0; i < tlsdiag_flow_num_observations(flow); i++) {
    seen.size = sizeof seen;
    (void)tlsdiag_flow_observation(flow, i, &seen);
    (void)tlsdiag_observation_text(&seen, text, sizeof text);
    printf("  %" PRIu64 " %" PRIu64 " %s\n", seen.offset, seen.t_us, text);
  }
  v.size = sizeof v;
  printf("  classify %d:", tlsdiag_classify(flow, &v));
  printf(" outcome %u stage %u version %x\n", v.outcome, v.stage, v.version);
  for (i = 0; i < v.num_causes; i++) {
    (void)tlsdiag_explain(flow, &v, i, text, sizeof text);
    printf("  %u%% %s\n", v.causes[i].confidence, text);
  }
}

/* The connection as another machine may get it. */
static void print_track(const tlsdiag_flow *flow)
{
  uint8_t bytes[TLSDIAG_TRACK_EXPORT_MAX];
  tlsdiag_attempt attempt;
  tlsdiag_track track;

  memset(&track, 0, sizeof track);
  (void)tlsdiag_attempt_from_flow(flow, 1, 2, &attempt);
  tlsdiag_track_add(&track, &attempt);
  print_hex("track", bytes,
            tlsdiag_track_export(&track, bytes, sizeof bytes));
}

static void dump_script(const uint8_t *in, size_t len)
{
  const uint8_t *end = in + len;
  size_t mem_len = tlsdiag_flow_size(1 << 15), n;
  tlsdiag_flow *flow = malloc(mem_len);
  tlsdiag_flow_options opts;
  uint64_t t_us = UINT64_C(1763700000000000);

  memset(&opts, 0, sizeof opts);
  opts.size = sizeof opts;
  opts.flags = TLSDIAG_FLOW_WALL_CLOCK;
  if (flow == NULL ||
      tlsdiag_flow_init(flow, mem_len, &opts) != TLSDIAG_STATUS_OK) {
    abort();
  }
  for (in++; end - in >= 3; in += n) {
    unsigned kind = in[0] & 3u;

    t_us += (uint64_t)(in[0] >> 2) * 50000;
    n = 2;
    if (kind == 2) {
      (void)tlsdiag_flow_close(flow, in[1] & 1u, in[1] / 2 % 5 + 1, t_us);
    } else if (kind == 3) {
      (void)tlsdiag_flow_gap(flow, in[1] & 1u, t_us, in[1] / 2);
    } else {
      n = ((size_t)in[1] << 8) | in[2];
      in += 3;
      n = n < (size_t)(end - in) ? n : (size_t)(end - in);
      (void)tlsdiag_flow_feed(flow, kind, t_us, in, n, NULL);
    }
  }
  print_flow(flow);
  print_track(flow);
  free(flow);
}

int main(int argc, char **argv)
{
  int i;

  for (i = 1; i < argc; i++) {
    FILE *f = fopen(argv[i], "rb");
    const char *dot = strrchr(argv[i], '.');
    size_t len;

    if (f == NULL) {
      perror(argv[i]);
      return 1;
    }
    len = fread(file, 1, sizeof file, f);
    fclose(f);
    printf("%s\n", argv[i]);
    if (dot != NULL && strcmp(dot, ".bin") == 0) {
      dump_hello(file, len);
    } else {
      dump_script(file, len);
    }
  }
  return 0;
}
