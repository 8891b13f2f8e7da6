/* traits.h: what two attempts of one client tell when laid side by side
 * (internal).
 *
 * A trait is one yes/no statement on a failed attempt ("it"), on another
 * attempt ("the other one"), on how they differ, or on what the rest of the
 * track adds.  Traits only say what was seen: patterns.inc says what it
 * means. */
#ifndef TLSDIAG_LIB_TRAITS_H
#define TLSDIAG_LIB_TRAITS_H

#include <stdint.h>

#include "tlsdiag/tlsdiag.h"

enum trait {
#define TRAIT(name, sentence) TRAIT_##name,
#include "traits.inc"
#undef TRAIT
  NUM_TRAITS
};

/* A set of traits is one word. */
typedef char traits_fit_a_word[NUM_TRAITS <= 64 ? 1 : -1];

/* Servers that report to one track may differ by so much. */
#define TRACK_CLOCK_SKEW_US 2000000u

#define TRAIT_BIT(name) (1ull << TRAIT_##name)

static inline uint64_t trait_if(int condition, unsigned trait)
{
  return condition ? 1ull << trait : 0;
}

/* traits_attempt.c */
int attempt_is_probe(const tlsdiag_attempt *a);
int attempt_failed(const tlsdiag_attempt *a);
int attempt_completed(const tlsdiag_attempt *a);
/* 1: the server understood its hello. */
int attempt_answered(const tlsdiag_attempt *a);
/* 1: it failed where the ServerHello should be. */
int attempt_at_hello(const tlsdiag_attempt *a);
int attempt_fallback_refused(const tlsdiag_attempt *a);
int attempt_abandoned(const tlsdiag_attempt *a);
/* 1: its own verdict says how it ended, not why. */
int attempt_is_open(const tlsdiag_attempt *a);
int attempt_is_large(const tlsdiag_attempt *a);
int attempt_has_ems(const tlsdiag_attempt *a);
int attempt_resumed(const tlsdiag_attempt *a);
/* Versions in the order of their age, DTLS too; 0 unknown. */
unsigned track_version_rank(unsigned version);
uint64_t traits_of_attempt(const tlsdiag_attempt *a);

/* traits.c */
/* 1: this attempt can be the failed one of a pair. */
int attempt_counts(const tlsdiag_attempt *a);
/* 1: b failed as a did, at the same server for the same name. */
int attempts_alike(const tlsdiag_attempt *a, const tlsdiag_attempt *b);
int attempts_same_site(const tlsdiag_attempt *a, const tlsdiag_attempt *b);
/* Microseconds between their beginnings. */
uint64_t attempts_apart(const tlsdiag_attempt *a, const tlsdiag_attempt *b);
/* The traits (bit TRAIT_*) of attempts[bad] beside attempts[other]. */
uint64_t traits_of(const tlsdiag_track *track, unsigned bad, unsigned other);

#endif
