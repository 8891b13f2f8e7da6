/* sni_proxy.c: a TCP proxy that routes TLS by the name and protocol the client
 * asks for, and says why handshakes die.  It holds no key and decrypts nothing.
 * settings.h says how it is called.
 *
 * One JSON line on standard output for each handshake that dies, and one where
 * several connections explain each other.  A connection costs one struct
 * connection; bytes are held only until the handshake is over, and later only
 * what the slower side has not taken yet. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <uv.h>
#include <tlsdiag/tlsdiag.h>
#include "relay.h"
#include "settings.h"
#include "story.h"

enum {
  SETTLE_MS = 1000, /* a handshake that went well so long is over */
  LINGER_MS = 1000, /* for a client to take the alert it is refused with */
  KEEPALIVE_S = 60  /* peers that vanish are noticed */
};

struct connection {
  struct story story; /* first: a story told leads back here */
  uv_tcp_t end[2];    /* by TLSDIAG_FROM_*: client, upstream */
  uv_timer_t timer;
  uv_connect_t connecting;
  uv_shutdown_t shutting[2];
  uint8_t ended[2], routed, answered, refused, closing, told, users;
};

static struct settings settings;
static struct shared_tracks *tracks;
static uint32_t instance;
static unsigned long num_connections, num_now, num_most;
static uv_loop_t *loop;
static uv_tcp_t listener;
static uv_signal_t terminate;
static uv_timer_t draining;
static int stopping;

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf);
static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buf);

static uv_stream_t *end_of(struct connection *c, unsigned side)
{
  return (uv_stream_t *)(void *)&c->end[side];
}

static void note_end(struct connection *c, unsigned from, unsigned how)
{
  tlsdiag_flow_close(story_flow(&c->story), from, how, now_us());
}

/* -- the end of a connection -- */

static void end_when_idle(void)
{
  if (stopping && num_now == 0) {
    uv_close((uv_handle_t *)&terminate, NULL);
    uv_close((uv_handle_t *)&draining, NULL);
    shared_tracks_close(tracks);
  }
}

/* The users are the open handles and a story that is being told. */
static void leave(struct connection *c)
{
  if (--c->users > 0) {
    return;
  }
  if (!c->told) {
    c->told = c->users = 1;
    story_tell(&c->story, tracks);
    return;
  }
  story_drop_held(&c->story);
  free(c);
  num_now--;
  end_when_idle();
}

static void on_told(struct story *story)
{
  leave((struct connection *)(void *)story);
}

static void on_closed(uv_handle_t *handle)
{
  leave(handle->data);
}

/* reset: bit i closes end[i] with a reset. */
static void finish(struct connection *c, unsigned reset)
{
  unsigned i;

  if (c->closing) {
    return;
  }
  c->closing = 1;
  for (i = 0; i < 2; i++) {
    if ((reset >> i & 1) == 0 ||
        uv_tcp_close_reset(&c->end[i], on_closed) != 0) {
      uv_close((uv_handle_t *)&c->end[i], on_closed);
    }
  }
  uv_close((uv_handle_t *)&c->timer, on_closed);
}

/* A handshake that is over is told now, not when the connection ends: what
 * worked explains what failed only while both are fresh. */
static void settle(struct connection *c)
{
  if (story_completed(&c->story)) {
    uv_timer_stop(&c->timer);
    story_drop_held(&c->story);
    c->told = 1;
    c->users++;
    story_tell(&c->story, tracks);
  }
}

static void on_timer(uv_timer_t *timer)
{
  struct connection *c = timer->data;

  if (c->answered) {
    settle(c);
    return;
  }
  if (!c->refused) {
    note_end(c, c->routed ? TLSDIAG_FROM_SERVER : TLSDIAG_FROM_CLIENT,
             TLSDIAG_CLOSE_TIMEOUT);
  }
  finish(c, 0);
}

/* One side closed or broke.  A reset is passed on as one, a half close as a
 * half close. */
static void on_end(struct connection *c, unsigned from, ssize_t error)
{
  uv_stream_t *other = end_of(c, 1 - from);

  c->ended[from] = 1;
  if (!c->told && !c->refused) {
    note_end(c, from, error == UV_EOF ? TLSDIAG_CLOSE_FIN : TLSDIAG_CLOSE_RST);
  }
  if (error != UV_EOF || !c->routed || c->refused || c->ended[1 - from]) {
    finish(c, error != UV_EOF && c->routed ? 1u << (1 - from) : 0);
    return;
  }
  uv_read_stop(end_of(c, from));
  if (uv_shutdown(&c->shutting[from], other, NULL) != 0) {
    finish(c, 0);
  }
}

/* -- moving bytes -- */

static unsigned side_of(struct connection *c, const uv_stream_t *stream)
{
  return stream == end_of(c, 0) ? TLSDIAG_FROM_CLIENT : TLSDIAG_FROM_SERVER;
}

static void on_taken(uv_stream_t *source, int status)
{
  struct connection *c = source->data;
  unsigned from = side_of(c, source);

  if (c->closing) {
    return;
  }
  if (status != 0) {
    on_end(c, 1 - from, status);
  } else if (!c->ended[from]) {
    uv_read_start(source, on_alloc, on_read);
  }
}

static void pass_on(struct connection *c, unsigned from, const uint8_t *data,
                    size_t len)
{
  int rc = relay(end_of(c, from), end_of(c, 1 - from), data, len, on_taken);

  if (rc != 0) {
    on_end(c, 1 - from, rc);
  }
}

/* A fatal alert of our own, in place of a server that there is none for.  What
 * the client still sends is read away: closed upon, it would be answered with
 * a reset that overtakes the alert. */
static void refuse(struct connection *c, uint8_t code)
{
  uint8_t alert[7];
  uv_buf_t buf = uv_buf_init((char *)alert, sizeof alert);

  story_refuse(&c->story, code, alert);
  uv_try_write(end_of(c, 0), &buf, 1);
  c->refused = 1;
  if (uv_shutdown(&c->shutting[0], end_of(c, 0), NULL) != 0) {
    finish(c, 0);
    return;
  }
  uv_timer_start(&c->timer, on_timer, LINGER_MS, 0);
  uv_read_start(end_of(c, 0), on_alloc, on_read);
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
  uv_tcp_keepalive(&c->end[1], 1, KEEPALIVE_S);
  uv_tcp_nodelay(&c->end[1], 1);
  uv_read_start(end_of(c, 1), on_alloc, on_read);
  uv_read_start(end_of(c, 0), on_alloc, on_read);
  pass_on(c, TLSDIAG_FROM_CLIENT, c->story.held, c->story.held_len);
}

static void route(struct connection *c, const tlsdiag_client_hello *hello)
{
  const struct route *where = route_find(&settings.routes, hello);

  if (where == NULL) {
    refuse(c, 112); /* unrecognized_name */
    return;
  }
  uv_read_stop(end_of(c, 0));
  address_text(&where->to, c->story.server);
  c->connecting.data = c;
  if (uv_tcp_connect(&c->connecting, &c->end[1],
                     (const struct sockaddr *)&where->to, on_connected) != 0) {
    refuse(c, 80);
    return;
  }
  c->routed = 1;
  uv_timer_start(&c->timer, on_timer, settings.patience_ms, 0);
}

/* The client's bytes before there is a route. */
static void hold(struct connection *c, const uint8_t *data, size_t len)
{
  tlsdiag_client_hello hello = {.size = sizeof hello};

  switch (story_hold(&c->story, data, len, &hello)) {
  case HELLO_WHOLE:
    route(c, &hello);
    break;
  case HELLO_OTHER:
    refuse(c, 10); /* unexpected_message */
    break;
  case HELLO_TOO_LONG:
    refuse(c, 22); /* record_overflow: nobody's hello is that long */
    break;
  case HELLO_NOT_TLS:
    note_end(c, TLSDIAG_FROM_SERVER, TLSDIAG_CLOSE_LOCAL);
    finish(c, 0);
    break;
  }
}

/* -- reading -- */

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
  static char shared[65536]; /* used up before the next read */

  (void)handle, (void)suggested;
  *buf = uv_buf_init(shared, sizeof shared);
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buf)
{
  struct connection *c = stream->data;
  unsigned from = side_of(c, stream);
  const uint8_t *data = (const uint8_t *)buf->base;

  if (count < 0) {
    on_end(c, from, count);
    return;
  }
  if (count == 0 || c->refused) {
    return;
  }
  if (!c->told) {
    tlsdiag_flow_feed(story_flow(&c->story), from, now_us(), data,
                      (size_t)count, NULL);
  }
  if (from == TLSDIAG_FROM_SERVER && !c->answered) {
    c->answered = 1;
    uv_timer_start(&c->timer, on_timer, SETTLE_MS, SETTLE_MS);
  }
  if (c->routed) {
    pass_on(c, from, data, (size_t)count);
  } else {
    hold(c, data, (size_t)count);
  }
}

static void on_connection(uv_stream_t *server, int status)
{
  struct sockaddr_storage peer;
  struct connection *c;
  int len = sizeof peer, i;

  if (status != 0) {
    return;
  }
  c = calloc(1, sizeof *c);
  if (c == NULL) {
    abort(); /* libuv would never offer another connection */
  }
  for (i = 0; i < 2; i++) {
    uv_tcp_init(loop, &c->end[i]);
    c->end[i].data = c;
  }
  uv_timer_init(loop, &c->timer);
  c->timer.data = c;
  c->users = 3;
  num_connections++;
  story_begin(&c->story, (uint64_t)instance << 32 | num_connections, on_told);
  num_now++;
  num_most = num_now > num_most ? num_now : num_most;
  if (uv_accept(server, end_of(c, 0)) != 0 ||
      uv_tcp_getpeername(&c->end[0], (struct sockaddr *)&peer, &len) != 0) {
    c->told = 1; /* gone before it was there */
    finish(c, 0);
    return;
  }
  address_text(&peer, c->story.client);
  uv_tcp_keepalive(&c->end[0], 1, KEEPALIVE_S);
  uv_tcp_nodelay(&c->end[0], 1);
  uv_timer_start(&c->timer, on_timer, settings.patience_ms, 0);
  uv_read_start(end_of(c, 0), on_alloc, on_read);
}

/* -- start and stop -- */

static void cut(uv_handle_t *handle, void *arg)
{
  (void)arg;
  if (handle->type == UV_TCP && handle->data != NULL) {
    note_end(handle->data, TLSDIAG_FROM_SERVER, TLSDIAG_CLOSE_LOCAL);
    finish(handle->data, 0);
  }
}

static void on_drained(uv_timer_t *timer)
{
  uv_walk(timer->loop, cut, NULL);
}

/* Listens no more, and lets what is open end by itself for a while. */
static void on_signal(uv_signal_t *handle, int number)
{
  (void)handle, (void)number;
  stopping = 1;
  fprintf(stderr,
          "%lu connections, at most %lu at once, %zu bytes each, "
          "at most %zu held\n",
          num_connections, num_most, sizeof(struct connection),
          story_most_held());
  uv_close((uv_handle_t *)&listener, NULL);
  uv_timer_start(&draining, on_drained, settings.drain_ms, 0);
  end_when_idle();
}

int main(int argc, char **argv)
{
  if (settings_parse(&settings, argc, argv) != 0) {
    fprintf(stderr, "usage: %s " SETTINGS_USAGE, argv[0]);
    return 2;
  }
  signal(SIGPIPE, SIG_IGN);
  loop = uv_default_loop();
  uv_random(NULL, NULL, &instance, sizeof instance, 0, NULL);
  tracks = shared_tracks_open(loop, instance, settings.redis_host,
                              settings.redis_port);
  uv_timer_init(loop, &draining);
  uv_signal_init(loop, &terminate);
  uv_signal_start(&terminate, on_signal, SIGTERM);
  uv_tcp_init(loop, &listener);
  if (tracks == NULL ||
      address_listen(&settings.listen, &listener, on_connection) != 0) {
    return 1;
  }
  uv_run(loop, UV_RUN_DEFAULT);
  uv_loop_close(loop);
  free(settings.routes.list);
  return 0;
}
