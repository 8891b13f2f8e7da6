/* proxy_load.c: many short handshakes through a proxy.
 *
 *   proxy_load listen            prints a port, answers each hello with a fatal
 *                                alert
 *   proxy_load silent            the same, but never answers
 *   proxy_load PORT COUNT        connects COUNT times, 64 at once, hello then
 *                                alert; 1 when an answer was not the alert
 *   proxy_load PORT COUNT hold   connects COUNT times, sends each hello, says
 *                                so, and keeps all open until its input ends */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

/* A TLS 1.2 ClientHello for load.example. */
static const unsigned char hello[] =
    "\x16\x03\x01\x00\x44\x01\x00\x00\x40\x03\x03"
    "0123456789abcdef0123456789abcdef"
    "\x00\x00\x02\xc0\x2b\x01\x00\x00\x15"
    "\x00\x00\x00\x11\x00\x0f\x00\x00\x0c"
    "load.example";
static const unsigned char alert[] = {21, 3, 3, 0, 2, 2, 40};

struct client {
  uv_tcp_t tcp;
  uv_connect_t connect;
  uv_write_t write;
  size_t got;
  int right;
};

static struct sockaddr_in target;
static long left, done, wrong, to_hold;
static int is_silent;

static void start(void);
static void on_sent(uv_write_t *request, int status);

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
  static char shared[4096];

  (void)handle, (void)suggested;
  *buf = uv_buf_init(shared, sizeof shared);
}

static void on_free(uv_handle_t *handle)
{
  free(handle->data);
}

/* -- server -- */

static void on_asked(uv_stream_t *stream, ssize_t count, const uv_buf_t *buf)
{
  uv_buf_t out = uv_buf_init((char *)(uintptr_t)alert, sizeof alert);

  (void)buf;
  if (is_silent && count > 0) {
    return;
  }
  if (count > 0) {
    uv_try_write(stream, &out, 1);
  }
  uv_close((uv_handle_t *)stream, on_free);
}

static void on_accept(uv_stream_t *server, int status)
{
  uv_tcp_t *tcp = malloc(sizeof *tcp);

  (void)status;
  uv_tcp_init(server->loop, tcp);
  tcp->data = tcp;
  if (uv_accept(server, (uv_stream_t *)tcp) == 0) {
    uv_read_start((uv_stream_t *)tcp, on_alloc, on_asked);
  }
}

/* -- client -- */

static void on_gone(uv_handle_t *handle)
{
  struct client *c = handle->data;

  done++;
  wrong += !c->right;
  free(c);
  start();
}

static void on_answer(uv_stream_t *stream, ssize_t count, const uv_buf_t *buf)
{
  struct client *c = stream->data;

  if (count > 0) {
    c->right =
        count == sizeof alert && memcmp(buf->base, alert, sizeof alert) == 0;
  }
  if (count != 0) {
    uv_close((uv_handle_t *)stream, on_gone);
  }
}

static void on_connected(uv_connect_t *connect, int status)
{
  struct client *c = connect->data;
  uv_buf_t out = uv_buf_init((char *)(uintptr_t)hello, sizeof hello - 1);

  if (status != 0) {
    uv_close((uv_handle_t *)&c->tcp, on_gone);
    return;
  }
  uv_read_start((uv_stream_t *)&c->tcp, on_alloc, on_answer);
  uv_write(&c->write, (uv_stream_t *)&c->tcp, &out, 1, on_sent);
}

static void on_sent(uv_write_t *request, int status)
{
  (void)request;
  if (status == 0 && --to_hold == 0) {
    printf("open\n");
    fflush(stdout);
  }
}

static void on_input_end(uv_stream_t *stream, ssize_t count,
                         const uv_buf_t *buf)
{
  (void)stream, (void)buf;
  if (count < 0) {
    exit(0);
  }
}

static void start(void)
{
  struct client *c;

  if (left-- <= 0) {
    return;
  }
  c = calloc(1, sizeof *c);
  uv_tcp_init(uv_default_loop(), &c->tcp);
  c->tcp.data = c->connect.data = c;
  uv_tcp_connect(&c->connect, &c->tcp, (struct sockaddr *)&target,
                 on_connected);
}

static int serve(uv_loop_t *loop)
{
  uv_tcp_t server;
  int len = sizeof target;

  uv_tcp_init(loop, &server);
  uv_ip4_addr("127.0.0.1", 0, &target);
  uv_tcp_bind(&server, (struct sockaddr *)&target, 0);
  uv_listen((uv_stream_t *)&server, 4096, on_accept);
  uv_tcp_getsockname(&server, (struct sockaddr *)&target, &len);
  printf("port %d\n", ntohs(target.sin_port));
  fflush(stdout);
  return uv_run(loop, UV_RUN_DEFAULT);
}

int main(int argc, char **argv)
{
  uv_loop_t *loop = uv_default_loop();
  uint64_t begin = uv_hrtime();
  uv_pipe_t input;
  long i, at_once = 64;

  signal(SIGPIPE, SIG_IGN);
  if (argc == 2) {
    is_silent = strcmp(argv[1], "silent") == 0;
    return serve(loop);
  }
  if (argc < 3) {
    return 2;
  }
  uv_ip4_addr("127.0.0.1", atoi(argv[1]), &target);
  left = atol(argv[2]);
  if (argc > 3) {
    at_once = to_hold = left;
    uv_pipe_init(loop, &input, 0);
    uv_pipe_open(&input, 0);
    uv_read_start((uv_stream_t *)&input, on_alloc, on_input_end);
  }
  for (i = 0; i < at_once; i++) {
    start();
  }
  uv_run(loop, UV_RUN_DEFAULT);
  printf("%ld handshakes, %ld wrong, %.1f s\n", done, wrong,
         (double)(uv_hrtime() - begin) / 1e9);
  return wrong != 0;
}
