#include <string.h>

#include "cmd.h"
#include "escape.h"
#include "hello.h"
#include "json.h"
#include "style.h"

enum { MAX_DIFFERENCES = 512, LABEL = 28, HEAVY = 50 };

/* The registry that names the elements of a list, by which list it is; 0 when
 * the value speaks for itself. */
static uint32_t registry_of(unsigned list)
{
  switch (list) {
  case TLSDIAG_HAS_EXTENSIONS:
    return TLSDIAG_REGISTRY_EXTENSION;
  case TLSDIAG_HAS_CIPHER_SUITES:
    return TLSDIAG_REGISTRY_CIPHER_SUITE;
  case TLSDIAG_HAS_SUPPORTED_GROUPS:
  case TLSDIAG_HAS_KEY_SHARE:
    return TLSDIAG_REGISTRY_GROUP;
  case TLSDIAG_HAS_SIGNATURE_ALGORITHMS:
  case TLSDIAG_HAS_SIGNATURE_ALGORITHMS_CERT:
  case TLSDIAG_HAS_DELEGATED_CREDENTIAL:
    return TLSDIAG_REGISTRY_SIGNATURE_SCHEME;
  case TLSDIAG_HAS_LEGACY_VERSION:
  case TLSDIAG_HAS_SUPPORTED_VERSIONS:
    return TLSDIAG_REGISTRY_VERSION;
  case TLSDIAG_HAS_COMPRESSION_METHODS:
    return TLSDIAG_REGISTRY_COMPRESSION;
  case TLSDIAG_HAS_EC_POINT_FORMATS:
    return TLSDIAG_REGISTRY_EC_POINT_FORMAT;
  case TLSDIAG_HAS_PSK_KEY_EXCHANGE_MODES:
    return TLSDIAG_REGISTRY_PSK_MODE;
  case TLSDIAG_HAS_COMPRESS_CERTIFICATE:
    return TLSDIAG_REGISTRY_CERT_COMPRESSION;
  default:
    return 0;
  }
}

static const char *value_name(const tlsdiag_difference *d)
{
  uint32_t registry = registry_of(d->has);

  return registry != 0 ? tlsdiag_name(registry, d->value) : NULL;
}

static void difference_json(struct out *o, const tlsdiag_difference *d)
{
  static const char *const where[] = {"a", "b", "both"};

  out_str(o, "{\"type\":\"difference\"");
  json_text(o, "field", tlsdiag_name(TLSDIAG_REGISTRY_HAS, d->has));
  json_number(o, "value", d->value);
  json_text(o, "name", value_name(d));
  json_text(o, "only_in", where[d->only_in < 3 ? d->only_in : 2]);
  json_number(o, "weight", d->weight);
  out_str(o, "}\n");
}

static void difference_people(struct out *o, const tlsdiag_difference *d,
                              char **names, int colour)
{
  const char *field = tlsdiag_name(TLSDIAG_REGISTRY_HAS, d->has);
  const char *name = value_name(d);

  out_str(o, "  ");
  style_set(o, colour, d->weight >= HEAVY ? STYLE_BOLD : STYLE_PLAIN);
  out_str(o, field != NULL ? field : "?");
  out_str(o, ": ");
  if (name != NULL) {
    out_str(o, name);
    out_str(o, " (");
    out_u64(o, d->value);
    out_char(o, ')');
  } else if (d->only_in < 2 || d->value != 0) {
    out_u64(o, d->value);
  }
  style_set(o, colour, STYLE_PLAIN);
  if (d->only_in < 2) {
    out_str(o, "  only in ");
    escape_term(o, names[d->only_in], strlen(names[d->only_in]), LABEL * 4);
  } else {
    out_str(o, "  in both, in another order or size");
  }
  out_char(o, '\n');
}

static void tell(struct tool *t, const tlsdiag_difference *list, size_t count)
{
  static char first[] = "the first";
  static char second[] = "the second";
  char *of_one[] = {first, second};
  char **names = t->options->num_operands > 1 ? t->options->operands : of_one;
  struct out text;
  size_t i;

  out_init(&text, NULL);
  for (i = 0; i < count; i++) {
    if (t->options->json) {
      difference_json(&text, &list[i]);
    } else {
      difference_people(&text, &list[i], names, t->options->colour);
    }
  }
  if (count == 0 && !t->options->json) {
    out_str(&text, "The two hellos differ in nothing that is negotiated.\n");
  } else if (!t->options->json) {
    out_bytes(&t->out,
              "What differs, the likeliest to break something first:\n", 54);
  }
  out_bytes(&t->out, text.text, text.len);
  if (out_close(&text) != 0) {
    t->out.failed = 1;
  }
}

/* Like diff(1): 0 the same, 1 different, 2 trouble.  One operand: a text with
 * two connections in it. */
int cmd_diff(struct tool *t)
{
  const char *name = t->options->operands[0];
  int is_one = t->options->num_operands == 1;
  tlsdiag_difference list[MAX_DIFFERENCES];
  size_t count = MAX_DIFFERENCES;
  struct hello a;
  struct hello b;
  int status = EXIT_UNREADABLE;

  if (hello_read(&a, t, name, 0) != 0) {
    return EXIT_UNREADABLE;
  }
  if (!is_one) {
    name = t->options->operands[1];
  }
  if (hello_read(&b, t, name, is_one ? 1 : 0) == 0) {
    if (!a.is_client || !b.is_client) {
      tool_warn(t, a.is_client ? name : t->options->operands[0],
                "holds a ServerHello; two ClientHellos can be compared");
    } else if (tlsdiag_hello_diff(&a.client, &b.client, list, &count) ==
               TLSDIAG_STATUS_OK) {
      count = count < MAX_DIFFERENCES ? count : MAX_DIFFERENCES;
      tell(t, list, count);
      status = count > 0 ? EXIT_FAILURES_FOUND : EXIT_CLEAN;
    }
    hello_free(&b);
  }
  hello_free(&a);
  return status;
}
