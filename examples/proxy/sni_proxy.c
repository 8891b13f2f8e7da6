/* sni_proxy.c: a TCP proxy that routes TLS by the name and protocol the client
 * asks for, and says why handshakes die.  It holds no key and decrypts nothing.
 *
 *   sni_proxy PORT ROUTE...
 *   ROUTE: NAME[/ALPN]=IPV4:PORT   NAME may be *.domain, or * for all others
 *
 * One JSON line on standard output for each handshake that dies.  A connection
 * costs one struct connection; bytes are held only until the route is known,
 * and later only what the slower side has not taken yet. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>
#include <tlsdiag/tlsdiag.h>
#include "../hosts/verdict_json.h"
#include "routes.h"

enum {
  HELD_MAX = 65536,   /* of a client whose hello is not complete */
  PATIENCE_MS = 10000 /* for the hello, and for the upstream to answer */
};

struct connection {
  uv_tcp_t end[2]; /* by TLSDIAG_FROM_*: client, upstream */
  uv_timer_t timer;
  uv_connect_t connecting;
  uv_shutdown_t shutting[2];
  uint64_t memory[TLSDIAG_FLOW_MIN / 8];
  uint8_t *held; /* the client's bytes until there is a route */
  size_t held_len, needed;
  uint8_t ended[2], routed, closing, handles;
  char client[64], server[64];
};

static struct routes routes;
static unsigned long num_connections, num_now, num_most;
static size_t most_held;
static uv_loop_t *loop;
static uv_tcp_t listener;
static uv_signal_t terminate;

static tlsdiag_flow *flow_of(struct connection *c)
{
  return (tlsdiag_flow *)(void *)c->memory;
}

static uint64_t now_us(void)
{
  uv_timeval64_t now;

  uv_gettimeofday(&now);
  return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_usec;
}

/* -- the end of a connection -- */

/* The hello within the bytes held; *msg lives until the next call. */
static int find_hello(struct connection *c, tlsdiag_bytes *msg,
                      unsigned *format, tlsdiag_where *where)
{
  static uint8_t scratch[HELD_MAX];
  unsigned protocol = 0;

  tlsdiag_recognise(c->held, c->held_len, TLSDIAG_FROM_CLIENT, &protocol);
  *format = protocol == TLSDIAG_PROTOCOL_SSLV2 ? TLSDIAG_FORMAT_SSLV2
                                               : TLSDIAG_FORMAT_TLS;
  return tlsdiag_find_handshake(c->held, c->held_len, scratch, sizeof scratch,
                                msg, where);
}

static void log_verdict(struct connection *c)
{
  static char text[16384];
  tlsdiag_verdict verdict = {.size = sizeof verdict};
  struct verdict_line line = {.flow = flow_of(c), .verdict = &verdict};

  if (tlsdiag_classify(flow_of(c), &verdict) == TLSDIAG_STATUS_OK &&
      (verdict.outcome == TLSDIAG_OUTCOME_FAILED ||
       verdict.outcome == TLSDIAG_OUTCOME_NOT_TLS)) {
    line.client = c->client;
    line.server = c->routed ? c->server : NULL;
    find_hello(c, &line.hello, &line.format, NULL);
    verdict_json(&line, text, sizeof text);
    puts(text);
    fflush(stdout);
  }
}

static void on_closed(uv_handle_t *handle)
{
  struct connection *c = handle->data;

  if (--c->handles == 0) {
    log_verdict(c);
    free(c->held);
    free(c);
    num_now--;
  }
}

static void finish(struct connection *c)
{
  if (!c->closing) {
    c->closing = 1;
    uv_close((uv_handle_t *)&c->end[0], on_closed);
    uv_close((uv_handle_t *)&c->end[1], on_closed);
    uv_close((uv_handle_t *)&c->timer, on_closed);
  }
}

static void on_timer(uv_timer_t *timer)
{
  struct connection *c = timer->data;
  unsigned late = c->routed ? TLSDIAG_FROM_SERVER : TLSDIAG_FROM_CLIENT;

  tlsdiag_flow_close(flow_of(c), late, TLSDIAG_CLOSE_TIMEOUT, now_us());
  finish(c);
}

/* -- moving bytes: what cannot be written at once stops its source -- */

struct waiting {
  uv_write_t request;
  unsigned from;
  uint8_t bytes[];
};

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf);
static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buf);

static void on_written(uv_write_t *request, int status)
{
  struct waiting *w = (struct waiting *)(void *)request;
  struct connection *c = request->handle->data;

  if (status == 0 && !c->closing && !c->ended[w->from]) {
    uv_read_start((uv_stream_t *)&c->end[w->from], on_alloc, on_read);
  } else if (status != 0) {
    finish(c);
  }
  free(w);
}

static void pass_on(struct connection *c, unsigned from, const uint8_t *data,
                    size_t len)
{
  uv_stream_t *to = (uv_stream_t *)&c->end[1 - from];
  uv_buf_t buf = uv_buf_init((char *)(uintptr_t)data, (unsigned)len);
  int done = uv_try_write(to, &buf, 1);
  size_t left = done > 0 ? len - (size_t)done : len;
  struct waiting *w;

  if (left == 0) {
    return;
  }
  w = malloc(sizeof *w + left);
  if (w == NULL) {
    finish(c);
    return;
  }
  w->from = from;
  memcpy(w->bytes, data + len - left, left);
  buf = uv_buf_init((char *)w->bytes, (unsigned)left);
  uv_read_stop((uv_stream_t *)&c->end[from]);
  if (uv_write(&w->request, to, &buf, 1, on_written) != 0) {
    free(w);
    finish(c);
  }
}

/* A fatal alert of our own, in place of a server that there is none for. */
static void refuse(struct connection *c, uint8_t code)
{
  uint8_t alert[7] = {21, 3, 3, 0, 2, 2, 0};
  uv_buf_t buf = uv_buf_init((char *)alert, sizeof alert);

  alert[6] = code;
  uv_try_write((uv_stream_t *)&c->end[0], &buf, 1);
  tlsdiag_flow_feed(flow_of(c), TLSDIAG_FROM_SERVER, now_us(), alert,
                    sizeof alert, NULL);
  tlsdiag_flow_close(flow_of(c), TLSDIAG_FROM_SERVER, TLSDIAG_CLOSE_LOCAL,
                     now_us());
  finish(c);
}

static void on_connected(uv_connect_t *request, int status)
{
  struct connection *c = request->data;

  if (c->closing) {
    return;
  }
  if (status != 0) {
    refuse(c, 80); /* internal_error: the fault is behind us */
    return;
  }
  pass_on(c, TLSDIAG_FROM_CLIENT, c->held, c->held_len);
  uv_read_start((uv_stream_t *)&c->end[1], on_alloc, on_read);
  if (uv_stream_get_write_queue_size((uv_stream_t *)&c->end[1]) == 0) {
    uv_read_start((uv_stream_t *)&c->end[0], on_alloc, on_read);
  }
}

static void route(struct connection *c, const tlsdiag_bytes *msg,
                  unsigned format)
{
  tlsdiag_client_hello hello = {.size = sizeof hello};
  const struct route *where;

  if (tlsdiag_client_hello_decode(msg->ptr, msg->len, format, &hello, NULL) ==
      TLSDIAG_STATUS_E_ABSENT) {
    refuse(c, 10); /* unexpected_message */
    return;
  }
  where = route_find(&routes, &hello);
  if (where == NULL) {
    refuse(c, 112); /* unrecognized_name */
    return;
  }
  c->routed = 1;
  snprintf(c->server, sizeof c->server, "%s:%d", inet_ntoa(where->to.sin_addr),
           ntohs(where->to.sin_port));
  c->connecting.data = c;
  uv_read_stop((uv_stream_t *)&c->end[0]);
  if (uv_tcp_connect(&c->connecting, &c->end[1],
                     (const struct sockaddr *)&where->to, on_connected) != 0) {
    refuse(c, 80);
  }
}

/* The client's bytes before there is a route. */
static void hold(struct connection *c, const uint8_t *data, size_t len)
{
  tlsdiag_bytes msg;
  tlsdiag_where where;
  unsigned format;
  int rc;

  c->held = realloc(c->held, c->held_len + len);
  memcpy(c->held + c->held_len, data, len);
  c->held_len += len;
  most_held = c->held_len > most_held ? c->held_len : most_held;
  if (c->held_len < c->needed) {
    return; /* the hello cannot be complete yet: do not look again */
  }
  rc = find_hello(c, &msg, &format, &where);
  if (rc == TLSDIAG_STATUS_MORE && c->held_len + where.want <= HELD_MAX) {
    c->needed = c->held_len + where.want;
  } else if (rc == TLSDIAG_STATUS_OK) {
    route(c, &msg, format);
  } else if (rc == TLSDIAG_STATUS_MORE || rc == TLSDIAG_STATUS_E_STORAGE) {
    refuse(c, 22); /* record_overflow: nobody's hello is that long */
  } else {
    tlsdiag_flow_close(flow_of(c), TLSDIAG_FROM_SERVER, TLSDIAG_CLOSE_LOCAL,
                       now_us());
    finish(c);
  }
}

/* -- reading -- */

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
  static char shared[65536]; /* used up before the next read */

  (void)handle, (void)suggested;
  *buf = uv_buf_init(shared, sizeof shared);
}

static void on_end(struct connection *c, unsigned from, ssize_t error)
{
  c->ended[from] = 1;
  tlsdiag_flow_close(flow_of(c), from,
                     error == UV_EOF ? TLSDIAG_CLOSE_FIN : TLSDIAG_CLOSE_RST,
                     now_us());
  if (error != UV_EOF && c->routed && !c->closing) {
    c->closing = 1; /* a reset is passed on as one */
    uv_tcp_close_reset(&c->end[1 - from], on_closed);
    uv_close((uv_handle_t *)&c->end[from], on_closed);
    uv_close((uv_handle_t *)&c->timer, on_closed);
  } else if (error != UV_EOF || !c->routed || c->ended[1 - from]) {
    finish(c);
  } else {
    uv_read_stop((uv_stream_t *)&c->end[from]);
    if (uv_shutdown(&c->shutting[from], (uv_stream_t *)&c->end[1 - from],
                    NULL) != 0) {
      finish(c);
    }
  }
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buf)
{
  struct connection *c = stream->data;
  unsigned from = stream == (uv_stream_t *)&c->end[0] ? TLSDIAG_FROM_CLIENT
                                                      : TLSDIAG_FROM_SERVER;
  const uint8_t *data = (const uint8_t *)buf->base;

  if (count < 0) {
    on_end(c, from, count);
    return;
  }
  tlsdiag_flow_feed(flow_of(c), from, now_us(), data, (size_t)count, NULL);
  if (from == TLSDIAG_FROM_SERVER) {
    uv_timer_stop(&c->timer); /* it answers: the two may take their time */
  }
  if (c->routed) {
    pass_on(c, from, data, (size_t)count);
  } else {
    hold(c, data, (size_t)count);
  }
}

static void on_connection(uv_stream_t *server, int status)
{
  tlsdiag_flow_options options = {.size = sizeof options,
                                  .flags = TLSDIAG_FLOW_WALL_CLOCK};
  struct sockaddr_in peer;
  struct connection *c;
  int len = sizeof peer, i;

  if (status != 0 || (c = calloc(1, sizeof *c)) == NULL) {
    return;
  }
  c->handles = 3;
  for (i = 0; i < 2; i++) {
    uv_tcp_init(loop, &c->end[i]);
    c->end[i].data = c;
  }
  uv_timer_init(loop, &c->timer);
  c->timer.data = c;
  tlsdiag_flow_init(flow_of(c), sizeof c->memory, &options);
  num_connections++;
  num_now++;
  num_most = num_now > num_most ? num_now : num_most;
  if (uv_accept(server, (uv_stream_t *)&c->end[0]) != 0 ||
      uv_tcp_getpeername(&c->end[0], (struct sockaddr *)&peer, &len) != 0) {
    finish(c);
    return;
  }
  snprintf(c->client, sizeof c->client, "%s:%d", inet_ntoa(peer.sin_addr),
           ntohs(peer.sin_port));
  uv_timer_start(&c->timer, on_timer, PATIENCE_MS, 0);
  uv_read_start((uv_stream_t *)&c->end[0], on_alloc, on_read);
}

/* -- start and stop -- */

static void close_walked(uv_handle_t *handle, void *arg)
{
  (void)arg;
  if (handle->data != NULL) {
    finish(handle->data);
  } else if (!uv_is_closing(handle)) {
    uv_close(handle, NULL);
  }
}

static void on_signal(uv_signal_t *handle, int number)
{
  (void)handle, (void)number;
  fprintf(stderr,
          "%lu connections, at most %lu at once, %zu bytes each, "
          "at most %zu held\n",
          num_connections, num_most, sizeof(struct connection), most_held);
  uv_walk(loop, close_walked, NULL);
}

int main(int argc, char **argv)
{
  struct sockaddr_in address;
  int len = sizeof address;

  if (argc < 3 || routes_parse(&routes, argv + 2, argc - 2) != 0) {
    fprintf(stderr, "usage: %s PORT NAME[/ALPN]=IPV4:PORT...\n", argv[0]);
    return 2;
  }
  signal(SIGPIPE, SIG_IGN);
  loop = uv_default_loop();
  uv_tcp_init(loop, &listener);
  uv_ip4_addr("127.0.0.1", atoi(argv[1]), &address);
  if (uv_tcp_bind(&listener, (struct sockaddr *)&address, 0) != 0 ||
      uv_listen((uv_stream_t *)&listener, 511, on_connection) != 0 ||
      uv_tcp_getsockname(&listener, (struct sockaddr *)&address, &len) != 0) {
    fprintf(stderr, "cannot listen on port %s\n", argv[1]);
    return 1;
  }
  fprintf(stderr, "port %d\n", ntohs(address.sin_port));
  uv_signal_init(loop, &terminate);
  uv_signal_start(&terminate, on_signal, SIGTERM);
  uv_run(loop, UV_RUN_DEFAULT);
  uv_loop_close(loop);
  free(routes.list);
  return 0;
}
