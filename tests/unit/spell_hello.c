/* spell_hello.c: hellos from words; see spell.h and tests/cases/README.md. */
#include "spell_hello.h"

#include <stdlib.h>
#include <string.h>

/* What a hello offers unless its words say otherwise. */
struct profile {
  const char *name;
  unsigned legacy;
  const char *versions, *suites, *groups, *sigalgs, *shares;
};

static const struct profile profiles[] = {
  {"tls13", 0x0303, "0304.0303", "1301.1302.1303.c02b.c02f.c02c.c030.cca9",
   "001d.0017.0018", "0403.0804.0401.0805.0501.0806.0601", "001d"},
  {"tls13only", 0x0303, "0304", "1301.1302.1303", "001d.0017.0018",
   "0403.0804.0401.0805.0501.0806.0601", "001d"},
  {"tls12", 0x0303, "none",
   "c02b.c02f.c02c.c030.cca9.cca8.c013.c014.009c.009d.002f.0035",
   "001d.0017.0018", "0403.0804.0401.0805.0501.0806.0601", "none"},
  {"tls11", 0x0302, "none", "c009.c013.c00a.c014.0033.002f.0035", "0017.0018",
   "none", "none"},
  {"tls10", 0x0301, "none", "c009.c013.c00a.c014.0033.002f.0035", "0017.0018",
   "none", "none"},
  {"ssl3", 0x0300, "none", "0035.002f.0005.0004.000a.0033", "none", "none",
   "none"},
  {"dtls12", 0xfefd, "none",
   "c02b.c02f.c02c.c030.cca9.cca8.c013.c014.009c.009d.002f.0035",
   "001d.0017.0018", "0403.0804.0401", "none"},
  {"dtls13", 0xfefd, "fefc.fefd", "1301.1302.1303.c02b.c02f.c02c.c030.cca9",
   "001d.0017.0018", "0403.0804.0401", "001d"},
};

static const struct profile *profile_of(const struct spell_item *item)
{
  size_t i;

  for (i = 0; item->num > 1 && i < sizeof profiles / sizeof profiles[0]; i++) {
    if (strcmp(item->word[1], profiles[i].name) == 0) {
      return &profiles[i];
    }
  }
  return &profiles[0];
}

static int is_none(const char *text)
{
  return strcmp(text, "none") == 0;
}

/* Hexadecimal numbers between dots. */
static void hex_list(struct spell_body *b, const char *text, unsigned length)
{
  size_t list = spell_open(b, length);
  char *end;

  while (!is_none(text) && *text != '\0') {
    spell_put(b, (unsigned)strtoul(text, &end, 16), 2);
    text = *end == '.' ? end + 1 : end + strlen(end);
  }
  spell_close(b, list, length);
}

static const char *choice(const struct spell_item *item, const char *key,
                          const char *otherwise)
{
  const char *text = spell_arg(item, key);

  return text != NULL ? text : otherwise;
}

static size_t extension(struct spell_body *b, unsigned type)
{
  spell_put(b, type, 2);
  return spell_open(b, 2);
}

static void plain_extension(struct spell_body *b, unsigned type, unsigned byte,
                            size_t len)
{
  size_t e = extension(b, type);

  spell_fill(b, byte, len);
  spell_close(b, e, 2);
}

static void list_extension(struct spell_body *b, unsigned type,
                           const char *text, unsigned length)
{
  size_t e;

  if (!is_none(text)) {
    e = extension(b, type);
    hex_list(b, text, length);
    spell_close(b, e, 2);
  }
}

/* RFC 6066 section 3. */
static void server_name(struct spell_body *b, const char *name, int bad)
{
  size_t e, list, one, i;

  if (is_none(name)) {
    return;
  }
  e = extension(b, 0);
  list = spell_open(b, 2);
  spell_put(b, 0, 1);
  one = spell_open(b, 2);
  for (i = 0; name[i] != '\0'; i++) {
    spell_put(b, (unsigned char)name[i], 1);
  }
  spell_close(b, one, 2);
  spell_close(b, list, 2);
  if (bad) {
    b->bytes[list - 1]++; /* one byte more than there is */
  }
  spell_close(b, e, 2);
}

/* RFC 7301 section 3.1; a plus stands between two names. */
static void alpn(struct spell_body *b, const char *names)
{
  size_t e, list, one;

  if (is_none(names)) {
    return;
  }
  e = extension(b, 16);
  list = spell_open(b, 2);
  while (*names != '\0') {
    one = spell_open(b, 1);
    while (*names != '\0' && *names != '+') {
      spell_put(b, (unsigned char)*names++, 1);
    }
    names += *names == '+';
    spell_close(b, one, 1);
  }
  spell_close(b, list, 2);
  spell_close(b, e, 2);
}

static unsigned key_length(unsigned group)
{
  return group == 0x11ec   ? 1216
         : group == 0x0017 ? 65
         : group == 0x0018 ? 97
                           : 32;
}

static void key_shares(struct spell_body *b, const char *text)
{
  size_t e, list, one;
  unsigned group;
  char *end;

  if (is_none(text)) {
    return;
  }
  e = extension(b, 51);
  list = spell_open(b, 2);
  while (*text != '\0') {
    group = (unsigned)strtoul(text, &end, 16);
    spell_put(b, group, 2);
    one = spell_open(b, 2);
    spell_fill(b, 0x4b, key_length(group));
    spell_close(b, one, 2);
    text = *end == '.' ? end + 1 : end + strlen(end);
  }
  spell_close(b, list, 2);
  spell_close(b, e, 2);
}

/* RFC 8446 section 4.2.11: one identity and one binder; always the last. */
static void pre_shared_key(struct spell_body *b, unsigned identity_len)
{
  size_t e, list, one;

  if (identity_len == 0) {
    return;
  }
  e = extension(b, 41);
  list = spell_open(b, 2);
  one = spell_open(b, 2);
  spell_fill(b, 0x1d, identity_len);
  spell_close(b, one, 2);
  spell_put(b, 0x12345678, 4);
  spell_close(b, list, 2);
  list = spell_open(b, 2);
  one = spell_open(b, 1);
  spell_fill(b, 0xb1, 32);
  spell_close(b, one, 1);
  spell_close(b, list, 2);
  spell_close(b, e, 2);
}

/* Extensions that a word of their own turns on. */
static void asked_for(struct spell_body *b, const struct spell_item *item)
{
  const char *extra = spell_arg(item, "dup");

  if (spell_arg(item, "ticket") != NULL) {
    plain_extension(b, 35, 0x71, spell_number(item, "ticket", 10, 0));
  }
  if (spell_is(item, "early", "yes")) {
    plain_extension(b, 42, 0, 0);
  }
  if (spell_is(item, "status", "yes")) {
    size_t e = extension(b, 5);

    spell_put(b, 1, 1);
    spell_put(b, 0, 4);
    spell_close(b, e, 2);
  }
  if (spell_is(item, "pha", "yes")) {
    plain_extension(b, 49, 0, 0);
  }
  if (spell_is(item, "etm", "yes")) {
    plain_extension(b, 22, 0, 0);
  }
  if (spell_arg(item, "cookie") != NULL) {
    size_t e = extension(b, 44);
    size_t c = spell_open(b, 2);

    spell_fill(b, 0xc0, spell_number(item, "cookie", 10, 0));
    spell_close(b, c, 2);
    spell_close(b, e, 2);
  }
  if (spell_is(item, "grease", "yes")) {
    plain_extension(b, 0x4a4a, 0, 0);
  }
  if (spell_arg(item, "ech") != NULL) {
    plain_extension(b, 0xfe0d, 1, spell_number(item, "ech", 10, 0));
  }
  if (spell_arg(item, "pad") != NULL) {
    plain_extension(b, 21, 0, spell_number(item, "pad", 10, 0));
  }
  if (extra != NULL) {
    plain_extension(b, (unsigned)strtoul(extra, NULL, 16), 0, 0);
    plain_extension(b, (unsigned)strtoul(extra, NULL, 16), 0, 0);
  }
}

static void hello_extensions(struct spell_body *b,
                             const struct spell_item *item,
                             const struct profile *p)
{
  const char *modes = spell_arg(item, "modes");
  const char *versions = choice(item, "versions", p->versions);
  size_t list = spell_open(b, 2);

  server_name(b, choice(item, "name", "www.example.com"),
              spell_is(item, "bad", "name"));
  if (!spell_is(item, "ems", "no")) {
    plain_extension(b, 23, 0, 0);
  }
  if (!spell_is(item, "reneg", "no")) {
    plain_extension(b, 0xff01, 0, 1);
  }
  if (spell_is(item, "reneg", "verify")) {
    b->len -= 5;
    size_t e = extension(b, 0xff01);
    size_t one = spell_open(b, 1);

    spell_fill(b, 0x9e, 12);
    spell_close(b, one, 1);
    spell_close(b, e, 2);
  }
  list_extension(b, 10, choice(item, "groups", p->groups), 2);
  list_extension(b, 13, choice(item, "sigalgs", p->sigalgs), 2);
  alpn(b, choice(item, "alpn", "none"));
  list_extension(b, 43, versions, 1);
  if (!is_none(versions)) {
    size_t e = extension(b, 45);

    spell_put(b, 1, 1);
    spell_put(b, modes != NULL ? (unsigned)atoi(modes) : 1, 1);
    spell_close(b, e, 2);
  }
  key_shares(b, choice(item, "shares", p->shares));
  asked_for(b, item);
  pre_shared_key(b, spell_number(item, "psk", 10, 0));
  if (spell_is(item, "bad", "extension")) {
    spell_put(b, 0x000a, 2);
    spell_put(b, 0x0040, 2); /* says 64 bytes, has none */
  }
  spell_close(b, list, 2);
}

void spell_client_hello(struct spell_body *b, const struct spell_item *item,
                       int datagram)
{
  const struct profile *p = profile_of(item);
  size_t list;

  spell_put(b, spell_number(item, "version", 16, p->legacy), 2);
  spell_fill(b, 0xc1, 32);
  list = spell_open(b, 1);
  spell_fill(b, 0x5e, spell_number(item, "session", 10, 0));
  spell_close(b, list, 1);
  if (datagram) {
    list = spell_open(b, 1);
    spell_fill(b, 0xdc, spell_number(item, "dtls_cookie", 10, 0));
    spell_close(b, list, 1);
  }
  list = spell_open(b, 2);
  b->len -= 2;
  hex_list(b, choice(item, "suites", p->suites), 2);
  if (spell_is(item, "scsv", "yes")) {
    spell_put(b, 0x5600, 2);
  }
  spell_close(b, list, 2);
  spell_put(b, 0x0100, 2);
  if (spell_is(item, "extensions", "no") || strcmp(p->name, "ssl3") == 0) {
    return;
  }
  hello_extensions(b, item, p);
  if (spell_is(item, "bad", "trailing")) {
    spell_fill(b, 0x99, 3);
  }
}

/* ---- ServerHello, HelloRetryRequest: RFC 8446 sections 4.1.3, 4.1.4 ---- */

static const uint8_t retry_random[32] = {
  0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c,
  0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb,
  0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};

static void server_random(struct spell_body *b, const struct spell_item *item)
{
  unsigned sentinel = spell_number(item, "downgrade", 10, 0);
  size_t i;

  if (strcmp(item->word[0], "retry") == 0) {
    for (i = 0; i < sizeof retry_random; i++) {
      spell_put(b, retry_random[i], 1);
    }
    return;
  }
  spell_fill(b, 0x5c, 32);
  if (sentinel != 0) { /* "DOWNGRD" and 1 or 0 */
    b->len -= 8;
    for (i = 0; i < 7; i++) {
      spell_put(b, (unsigned char)"DOWNGRD"[i], 1);
    }
    spell_put(b, sentinel == 12, 1);
  }
}

static void share_of_server(struct spell_body *b, const struct spell_item *item,
                            int retry)
{
  unsigned group = spell_number(item, "group", 16, retry ? 0x0017 : 0x001d);
  size_t e, key;

  if (spell_is(item, "group", "none")) {
    return;
  }
  e = extension(b, 51);
  spell_put(b, group, 2);
  if (!retry) {
    key = spell_open(b, 2);
    spell_fill(b, 0x4b, group == 0x11ec ? 1120 : key_length(group));
    spell_close(b, key, 2);
  }
  spell_close(b, e, 2);
}

static void extensions13(struct spell_body *b, const struct spell_item *item,
                         unsigned version, int retry)
{
  size_t e;

  if (spell_is(item, "order", "share-first")) {
    share_of_server(b, item, retry);
  }
  e = extension(b, 43);
  spell_put(b, version, 2);
  spell_close(b, e, 2);
  if (!spell_is(item, "order", "share-first")) {
    share_of_server(b, item, retry);
  }
  if (retry && spell_arg(item, "cookie") != NULL) {
    e = extension(b, 44);
    spell_put(b, spell_number(item, "cookie", 10, 0), 2);
    spell_fill(b, 0xc0, spell_number(item, "cookie", 10, 0));
    spell_close(b, e, 2);
  }
  if (spell_is(item, "psk", "yes")) {
    e = extension(b, 41);
    spell_put(b, 0, 2);
    spell_close(b, e, 2);
  }
}

static void extensions12(struct spell_body *b, const struct spell_item *item)
{
  if (!spell_is(item, "reneg", "no")) {
    plain_extension(b, 0xff01, 0, 1);
  }
  if (!spell_is(item, "ems", "no")) {
    plain_extension(b, 23, 0, 0);
  }
  if (spell_is(item, "ticket", "yes")) {
    plain_extension(b, 35, 0, 0);
  }
  if (spell_is(item, "status", "yes")) {
    plain_extension(b, 5, 0, 0);
  }
  if (spell_is(item, "name", "yes")) {
    plain_extension(b, 0, 0, 0);
  }
  if (spell_is(item, "etm", "yes")) {
    plain_extension(b, 22, 0, 0);
  }
  alpn(b, choice(item, "alpn", "none"));
}

static unsigned chosen_version(const struct spell_item *item, int retry)
{
  const struct profile *p = profile_of(item);
  unsigned chosen = p->legacy;

  if (retry || strncmp(p->name, "tls13", 5) == 0) {
    chosen = 0x0304;
  } else if (strcmp(p->name, "dtls13") == 0) {
    chosen = 0xfefc;
  }
  return spell_number(item, "version", 16, chosen);
}

void spell_server_hello(struct spell_body *b, const struct spell_item *item,
                       int datagram)
{
  int retry = strcmp(item->word[0], "retry") == 0;
  unsigned version = chosen_version(item, retry);
  int new_version = version == 0x0304 || version == 0xfefc;
  size_t list;

  spell_put(b, new_version ? (datagram ? 0xfefd : 0x0303) : version, 2);
  server_random(b, item);
  list = spell_open(b, 1);
  spell_fill(b, 0x5e, spell_number(item, "session", 10, 0));
  spell_close(b, list, 1);
  spell_put(b, spell_number(item, "suite", 16, new_version ? 0x1301 : 0xc02b),
           2);
  spell_put(b, 0, 1);
  if (spell_is(item, "extensions", "no")) {
    return;
  }
  list = spell_open(b, 2);
  if (new_version) {
    extensions13(b, item, version, retry);
  } else {
    extensions12(b, item);
  }
  spell_close(b, list, 2);
  if (spell_is(item, "bad", "length")) {
    b->bytes[list - 1] ^= 0x40;
  }
}
