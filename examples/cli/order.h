/* order.h: texts about connections, told in the order in which the
 * connections began although they end in any order.
 *
 * A text waits until all connections before its own have ended.  The wait is
 * bounded: when too much waits, what is there is told, and what ends later
 * comes late. */
#ifndef TLSDIAG_CLI_ORDER_H
#define TLSDIAG_CLI_ORDER_H

#include <stddef.h>
#include <stdint.h>

typedef void order_tell(void *arg, const char *text, size_t len);

struct order_entry {
  char *text; /* NULL: nothing to tell */
  size_t len;
  int is_known;
  int reserved_;
};

struct order {
  struct order_entry *ring;
  size_t num_ring; /* a power of two */
  uint64_t base;   /* first index that is not told */
  uint64_t top;    /* behind the highest index known */
  size_t waiting;  /* bytes */
  order_tell *tell;
  void *arg;
};

int order_init(struct order *o, order_tell *tell, void *arg);
/* Text of connection `index` (len 0: none).  The bytes are copied. */
void order_put(struct order *o, uint64_t index, const char *text, size_t len);
/* Tells all that waits. */
void order_tell_all(struct order *o);
void order_free(struct order *o);

#endif
