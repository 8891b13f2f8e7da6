/* tlsdiag_lua.c: libtlsdiag for Lua 5.3 and newer, as HAProxy embeds it.
 *
 *   local flow = tlsdiag.flow()
 *   flow:feed("client", bytes, at)          stream bytes of one side; `at` is
 *                                           a tlsdiag.now() of before, or now
 *   flow:hint("server", text)               an error text that side wrote
 *   flow:close("server", "fin")             fin, rst, timeout, local
 *   flow:json(client, server, name)         the verdict, one line; the name is
 *                                           for flows without a hello
 *   flow:verdict()                          outcome, cause, confidence */
#include <string.h>
#include <time.h>
#include <lauxlib.h>
#include <lua.h>
#include <tlsdiag/tlsdiag.h>
#include "verdict_json.h"

#define FLOW "tlsdiag.flow"

struct lua_flow {
  tlsdiag_flow flow;
  unsigned format;
  size_t hello_len;
  uint8_t hello[4096]; /* the client's first bytes, for names in the JSON */
};

static const char *const sides[] = {"client", "server", NULL};

static uint64_t now_us(void)
{
  struct timespec now;

  clock_gettime(CLOCK_REALTIME, &now);
  return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static struct lua_flow *flow_at(lua_State *lua)
{
  return luaL_checkudata(lua, 1, FLOW);
}

static int flow_new(lua_State *lua)
{
  tlsdiag_flow_options options = {.size = sizeof options,
                                  .flags = TLSDIAG_FLOW_WALL_CLOCK};
  struct lua_flow *f = lua_newuserdata(lua, sizeof *f);

  tlsdiag_flow_init(&f->flow, sizeof f->flow, &options);
  f->hello_len = 0;
  luaL_setmetatable(lua, FLOW);
  return 1;
}

static int flow_feed(lua_State *lua)
{
  struct lua_flow *f = flow_at(lua);
  unsigned from = (unsigned)luaL_checkoption(lua, 2, NULL, sides);
  size_t len, room = sizeof f->hello - f->hello_len;
  const char *bytes = luaL_checklstring(lua, 3, &len);
  lua_Integer at = luaL_optinteger(lua, 4, (lua_Integer)now_us());

  tlsdiag_flow_feed(&f->flow, from, (uint64_t)at, (const uint8_t *)bytes, len,
                    NULL);
  if (from == TLSDIAG_FROM_CLIENT) {
    room = len < room ? len : room;
    memcpy(f->hello + f->hello_len, bytes, room);
    f->hello_len += room;
  }
  return 0;
}

static int flow_hint(lua_State *lua)
{
  struct lua_flow *f = flow_at(lua);
  int server = luaL_checkoption(lua, 2, NULL, sides);
  tlsdiag_hint hints[8];
  size_t len, i, count = 8;
  const char *text = luaL_checklstring(lua, 3, &len);

  memset(hints, 0, sizeof hints);
  for (i = 0; i < 8; i++) {
    hints[i].size = sizeof hints[i];
  }
  tlsdiag_text_scan((const uint8_t *)text, len, hints, sizeof hints[0], &count);
  for (i = 0; i < count && i < 8; i++) {
    if (hints[i].side != TLSDIAG_PARTY_CLIENT) {
      hints[i].side = server ? TLSDIAG_PARTY_SERVER : TLSDIAG_PARTY_CLIENT;
    }
    tlsdiag_flow_hint(&f->flow, &hints[i], now_us());
  }
  lua_pushinteger(lua, (lua_Integer)count);
  return 1;
}

static int flow_close(lua_State *lua)
{
  static const char *const ways[] = {"fin", "rst", "timeout", "local", NULL};
  struct lua_flow *f = flow_at(lua);
  unsigned from = (unsigned)luaL_checkoption(lua, 2, NULL, sides);
  unsigned how = (unsigned)luaL_checkoption(lua, 3, "fin", ways) + 1;

  tlsdiag_flow_close(&f->flow, from, how, now_us());
  return 0;
}

static tlsdiag_verdict judge(struct lua_flow *f)
{
  tlsdiag_verdict verdict;

  memset(&verdict, 0, sizeof verdict);
  verdict.size = sizeof verdict;
  tlsdiag_classify(&f->flow, &verdict);
  return verdict;
}

static int flow_verdict(lua_State *lua)
{
  tlsdiag_verdict verdict = judge(flow_at(lua));

  lua_pushstring(lua, tlsdiag_name(TLSDIAG_REGISTRY_OUTCOME, verdict.outcome));
  lua_pushstring(lua,
                 tlsdiag_name(TLSDIAG_REGISTRY_CAUSE, verdict.causes[0].id));
  lua_pushinteger(lua, verdict.causes[0].confidence);
  return 3;
}

static int flow_json(lua_State *lua)
{
  struct lua_flow *f = flow_at(lua);
  tlsdiag_verdict verdict = judge(f);
  uint8_t scratch[sizeof f->hello];
  unsigned protocol = 0;
  char text[8192];
  size_t name_len = 0;
  const char *name = luaL_optlstring(lua, 4, NULL, &name_len);
  struct verdict_line line = {.client = luaL_optstring(lua, 2, NULL),
                              .server = luaL_optstring(lua, 3, NULL),
                              .flow = &f->flow,
                              .verdict = &verdict,
                              .format = TLSDIAG_FORMAT_TLS,
                              .name = {(const uint8_t *)name, name_len}};

  tlsdiag_recognise(f->hello, f->hello_len, TLSDIAG_FROM_CLIENT, &protocol);
  if (protocol == TLSDIAG_PROTOCOL_SSLV2) {
    line.format = TLSDIAG_FORMAT_SSLV2;
  }
  if (tlsdiag_find_handshake(f->hello, f->hello_len, scratch, sizeof scratch,
                             &line.hello, NULL) != TLSDIAG_STATUS_OK) {
    line.hello.len = 0;
  }
  verdict_json(&line, text, sizeof text);
  lua_pushstring(lua, text);
  return 1;
}

static int now(lua_State *lua)
{
  lua_pushinteger(lua, (lua_Integer)now_us());
  return 1;
}

static const luaL_Reg methods[] = {
    {"feed", flow_feed},       {"hint", flow_hint}, {"close", flow_close},
    {"verdict", flow_verdict}, {"json", flow_json}, {NULL, NULL}};
static const luaL_Reg functions[] = {
    {"flow", flow_new}, {"now", now}, {NULL, NULL}};

int luaopen_tlsdiag_lua(lua_State *lua);

int luaopen_tlsdiag_lua(lua_State *lua)
{
  luaL_newmetatable(lua, FLOW);
  luaL_newlib(lua, methods);
  lua_setfield(lua, -2, "__index");
  luaL_newlib(lua, functions);
  return 1;
}
