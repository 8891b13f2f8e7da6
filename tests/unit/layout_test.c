/* What the library says of its structs to those who cannot see the header. */
#include <criterion/criterion.h>

#include "tlsdiag/tlsdiag.h"

static void expect(const char *name, size_t offset, size_t size)
{
  uint32_t got[2] = {~0u, ~0u};

  cr_assert_eq(tlsdiag_layout(name, &got[0], &got[1]), TLSDIAG_STATUS_OK,
               "%s is unknown", name);
  cr_assert_eq(got[0], offset, "%s lies at %u", name, got[0]);
  cr_assert_eq(got[1], size, "%s has %u bytes", name, got[1]);
}

static void expect_absent(const char *name)
{
  uint32_t offset = 7;
  uint32_t size = 7;

  cr_assert_eq(tlsdiag_layout(name, &offset, &size), TLSDIAG_STATUS_E_ABSENT,
               "\"%s\" is known", name);
  cr_assert_eq(offset + size, 14);
}

Test(layout, structs)
{
  expect("tlsdiag_bytes", 0, sizeof(tlsdiag_bytes));
  expect("tlsdiag_client_hello", 0, sizeof(tlsdiag_client_hello));
  expect("tlsdiag_verdict", 0, sizeof(tlsdiag_verdict));
  expect("tlsdiag_group", 0, sizeof(tlsdiag_group));
}

Test(layout, members)
{
  expect("tlsdiag_bytes.ptr", 0, sizeof(void *));
  expect("tlsdiag_bytes.len", offsetof(tlsdiag_bytes, len), sizeof(size_t));
  expect("tlsdiag_client_hello.quic_transport_parameters",
         offsetof(tlsdiag_client_hello, quic_transport_parameters),
         sizeof(tlsdiag_bytes));
  expect("tlsdiag_verdict.causes", offsetof(tlsdiag_verdict, causes),
         TLSDIAG_MAX_CAUSES * sizeof(tlsdiag_cause));
  expect("tlsdiag_observation.from", offsetof(tlsdiag_observation, from), 1);
  expect("tlsdiag_group.explained", offsetof(tlsdiag_group, explained), 4);
}

Test(layout, other_names)
{
  expect_absent("");
  expect_absent(".");
  expect_absent("tlsdiag_");
  expect_absent("tlsdiag_byte");
  expect_absent("tlsdiag_bytess");
  expect_absent("tlsdiag_bytes.");
  expect_absent("tlsdiag_bytes.p");
  expect_absent("tlsdiag_bytes.ptr.len");
  expect_absent("tlsdiag_bytes.offset"); /* of the struct behind it */
  expect_absent("ptr");
}
