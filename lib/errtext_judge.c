/* errtext_judge.c: what the lines of one text say about each other.
 *
 * A text is often several views of one event: the packed code, its words, the
 * alert behind it, the name of the program around it.  Here each match learns
 * which side wrote it, doubles go, vague ones step back behind exact ones, and
 * details that were only printed on the way (s_client goes on after a failed
 * verification) count only if nothing else explains the end. */
#include "errtext.h"

#include <string.h>

enum { CODE_REACH = 200, LINE_WEIGHT = 1000, CUE_REACH = 4000 };

static int is_cue(const struct et_match *m)
{
  return m->side != 0 && !(m->side & ET_USUAL) && !(m->flags & ET_MATCH_DROP);
}

static int is_primary(const struct et_match *m)
{
  return !(m->flags & ET_MATCH_DROP) &&
         (m->nature == TLSDIAG_NATURE_DETECTED ||
          m->nature == TLSDIAG_NATURE_RECEIVED ||
          m->nature == TLSDIAG_NATURE_SENT) &&
         m->meaning != et_known(ET_IS_UNKNOWN_CODE) &&
         m->meaning != et_known(ET_IS_CONTEXT);
}

static int is_state(const struct et_match *m)
{
  return !(m->flags & ET_MATCH_DROP) && m->nature == TLSDIAG_NATURE_STATE;
}

/* A certificate fault that was printed but did not end the handshake. */
static int is_detail(const struct et_match *m)
{
  return is_state(m) && et_is_certificate(m->meaning);
}

static uint32_t distance(const struct et_match *a, const struct et_match *b)
{
  uint32_t lines = a->line > b->line ? a->line - b->line : b->line - a->line;
  uint32_t bytes = a->at > b->at ? a->at - b->at : b->at - a->at;

  return lines > CUE_REACH ? ~0u : lines * LINE_WEIGHT + bytes;
}

/* The side of the nearest match that tells one, on the same line or anywhere;
 * 0 none. */
static uint8_t nearest_side(const struct et_match *matches, unsigned num,
                            const struct et_match *m, int anywhere)
{
  uint32_t best = ~0u;
  uint8_t side = 0;
  unsigned i;

  for (i = 0; i < num; i++) {
    if (is_cue(&matches[i]) && (anywhere || matches[i].line == m->line) &&
        distance(m, &matches[i]) < best) {
      best = distance(m, &matches[i]);
      side = matches[i].side;
    }
  }
  return side;
}

/* What proves its writer itself is believed first, then what its line proves,
 * then the caller, then what a wording makes likely, then the lines around. */
static void learn_sides(struct et_match *matches, unsigned num, unsigned told)
{
  uint8_t sides[ET_MAX_MATCHES];
  unsigned i;

  for (i = 0; i < num; i++) {
    sides[i] = is_cue(&matches[i]) ? matches[i].side : 0;
    if (sides[i] == 0) {
      sides[i] = nearest_side(matches, num, &matches[i], 0);
    }
    if (sides[i] == 0) {
      sides[i] = (uint8_t)told;
    }
    if (sides[i] == 0) {
      sides[i] = matches[i].side & ET_SIDES;
    }
    if (sides[i] == 0) {
      sides[i] = nearest_side(matches, num, &matches[i], 1);
    }
  }
  for (i = 0; i < num; i++) {
    matches[i].side = sides[i];
  }
}

/* Does an OpenSSL function stand between a code and its words?  Then an
 * alert-range reason was raised here, except in the functions of old versions
 * that read the first records themselves. */
static int raised_here(const struct et_match *code, const struct et_match *next)
{
  unsigned function = code->code >> 12 & 0xfff;

  if (code->code >> 24 == 0x14) {
    return (code->flags & ET_MATCH_FUNCTION) && function > 130;
  }
  return next != NULL && next->meaning == et_known(ET_IS_CONTEXT) &&
         next->needs == ET_NEEDS_OPENSSL && next->stage != 0;
}

static int is_openssl_text(const struct et_match *m)
{
  return m->value != ET_VALUE_IS_CODE && is_primary(m) &&
         (m->stack == TLSDIAG_STACK_OPENSSL ||
          m->stack == TLSDIAG_STACK_BORINGSSL || m->stack == 0 ||
          m->stack == TLSDIAG_STACK_CURL || m->stack == TLSDIAG_STACK_PYTHON ||
          m->stack == TLSDIAG_STACK_NODE);
}

/* Words that may belong to a code, 0 if others stand there. */
static int may_join(const struct et_match *m)
{
  return is_openssl_text(m) &&
         (!et_is_transport(m->meaning) || m->stack == TLSDIAG_STACK_OPENSSL);
}

/* Adds words to a code; 0 if they are about something else already. */
static int add_words(struct et_match *code, struct et_match *m)
{
  if (code->meaning != m->meaning &&
      (code->reserved_ != 0 || code->nature == TLSDIAG_NATURE_SECONDARY)) {
    return 0;
  }
  if (code->nature != TLSDIAG_NATURE_RECEIVED) {
    code->meaning = m->meaning;
    code->nature = m->nature;
    code->alert = m->alert;
  }
  code->reserved_ = 1;
  if (code->meaning == m->meaning) {
    m->flags |= ET_MATCH_DROP;
    code->end = m->end;
  }
  return 1;
}

static int in_reach(const struct et_match *code, const struct et_match *m)
{
  return m->value != ET_VALUE_IS_CODE && m->at - code->end < CODE_REACH &&
         m->line <= code->line + 2;
}

/* The words behind a code say what it means, whatever era it is from. */
static void join_code(struct et_match *matches, unsigned num, unsigned at)
{
  struct et_match *code = &matches[at];
  unsigned i;
  int proved = 0; /* "SSL alert number 40": it was received */

  for (i = at + 1; i < num && in_reach(code, &matches[i]); i++) {
    struct et_match *m = &matches[i];

    if (m->side != 0 && code->side == 0) {
      code->side = m->side;
      code->stage = m->stage;
    }
    if (!may_join(m)) {
      continue;
    }
    proved |=
        m->nature == TLSDIAG_NATURE_RECEIVED && m->value == ET_VALUE_IS_ALERT;
    if (!add_words(code, m)) {
      break;
    }
  }
  if (code->nature == TLSDIAG_NATURE_RECEIVED && !proved &&
      raised_here(code, at + 1 < num ? &matches[at + 1] : NULL)) {
    code->nature = TLSDIAG_NATURE_DETECTED;
    code->flags |= ET_MATCH_OURS;
  }
  code->reserved_ = 0;
}

/* OpenSSL up to 1.0.x wrote its functions in capitals and looked for other
 * protocols in the first bytes already.  A record of a wrong version that its
 * SSL3_GET_RECORD met came later: the peer refused the version chosen. */
static void read_era(struct et_match *matches, unsigned num)
{
  unsigned i;
  unsigned back;

  for (i = 1; i < num; i++) {
    if (matches[i].meaning != et_known(ET_IS_OLD_RECORD)) {
      continue;
    }
    for (back = 1; back <= i && back <= 3; back++) {
      if ((matches[i].flags & ET_MATCH_CAPITAL) &&
          matches[i - back].meaning == et_known(ET_IS_NOT_TLS_RECORD)) {
        matches[i - back].meaning = matches[i].meaning;
      }
    }
    matches[i].meaning = (uint8_t)et_known(ET_IS_CONTEXT);
  }
}

/* What the client was asked before an alert came decides what it is about. */
static void asked_first(struct et_match *matches, unsigned num)
{
  int asked = 0;
  unsigned i;

  for (i = 0; i < num; i++) {
    asked |= is_state(&matches[i]) &&
             matches[i].stage == TLSDIAG_STAGE_CERTIFICATE_REQUEST;
  }
  for (i = 0; i < num && asked; i++) {
    struct et_match *m = &matches[i];
    unsigned receiver =
        m->nature == TLSDIAG_NATURE_SENT ? 3u - m->side : m->side;

    if (!is_primary(m) || receiver != TLSDIAG_PARTY_CLIENT) {
      continue;
    }
    if (m->alert == 40) {
      m->meaning = (uint8_t)et_known(ET_IS_ASKED_40);
    } else if (m->alert == 42) {
      m->meaning = (uint8_t)et_known(ET_IS_ASKED_42);
    } else if (m->alert == 50) {
      m->meaning = (uint8_t)et_known(ET_IS_ASKED_50);
    }
  }
}

/* "verify error:num=20:" and its words are one detail. */
static void join_details(struct et_match *matches, unsigned num)
{
  unsigned i;
  unsigned j;

  for (i = 0; i < num; i++) {
    struct et_match *m = &matches[i];

    for (j = i + 1; is_detail(m) && j < num && matches[j].line == m->line &&
                    matches[j].at - m->at < CODE_REACH;
         j++) {
      if (is_primary(&matches[j]) && et_is_certificate(matches[j].meaning)) {
        matches[j].nature = TLSDIAG_NATURE_STATE;
      }
    }
  }
}

/* How far the text shows the handshake to have come. */
struct progress {
  unsigned stage;
  int asked;          /* for a client certificate */
  int ended;          /* by a close or a reset */
  int no_name;        /* the client sent no server_name */
  unsigned completed; /* index of the match that shows it, else num */
};

static struct progress progress_of(const struct et_match *matches, unsigned num)
{
  struct progress p = {0, 0, 0, 0, num};
  unsigned i;

  for (i = 0; i < num; i++) {
    const struct et_match *m = &matches[i];

    p.no_name |= (m->flags & ET_MATCH_NO_NAME) != 0;
    p.ended |= is_primary(m) && et_is_transport(m->meaning) && m->alert == 255;
    if (!is_state(m)) {
      continue;
    }
    p.stage = m->stage > p.stage ? m->stage : p.stage;
    p.asked |= m->stage == TLSDIAG_STAGE_CERTIFICATE_REQUEST;
    if (m->meaning == et_known(ET_IS_COMPLETED)) {
      p.completed = i;
    }
  }
  return p;
}

static unsigned placed_end(const struct progress *p, unsigned hello,
                           unsigned mid)
{
  if (p->stage >= TLSDIAG_STAGE_FINISHED) {
    return p->asked ? ET_IS_ASKED_END : ET_IS_AFTER_HANDSHAKE;
  }
  return p->stage == TLSDIAG_STAGE_CLIENT_HELLO ? hello : mid;
}

/* Ends without a reason mean more when the text shows how far it came. */
static void place_ends(struct et_match *matches, unsigned num)
{
  static const uint8_t ends[4][3] = {
      {ET_IS_EOF, ET_IS_EOF_HELLO, ET_IS_EOF_MID},
      {ET_IS_RST, ET_IS_RST_HELLO, ET_IS_RST_MID},
      {ET_IS_TIMEOUT, ET_IS_TIMEOUT_HELLO, ET_IS_TIMEOUT_MID},
      {ET_IS_TIMEOUT_CONNECT, ET_IS_TIMEOUT_HELLO, ET_IS_TIMEOUT_MID}};
  struct progress p = progress_of(matches, num);
  unsigned i;
  unsigned j;

  for (i = 0; i < num && p.stage != 0; i++) {
    for (j = 0; j < 4; j++) {
      unsigned meaning = matches[i].meaning;

      if (meaning == et_known(ends[j][0]) || meaning == et_known(ends[j][1])) {
        matches[i].meaning =
            (uint8_t)et_known(placed_end(&p, ends[j][1], ends[j][2]));
        break;
      }
    }
  }
}

/* At the end of the stream OpenSSL 3 sends 50, GnuTLS 10, Java 40: echoes.  A
 * close_notify behind a finished handshake is good manners, and a warning that
 * GnuTLS printed before it did no harm. */
static int is_echo(const struct et_match *matches, unsigned num, unsigned at,
                   const struct progress *p)
{
  const struct et_match *m = &matches[at];

  if (m->nature == TLSDIAG_NATURE_SENT &&
      (m->alert == 50 || m->alert == 10 || m->alert == 40)) {
    return p->ended || p->completed < at;
  }
  if (p->completed == num || !is_primary(m)) {
    return 0;
  }
  return m->alert == 0 || (m->alert == 112 && p->completed > at &&
                           matches[p->completed].stack == TLSDIAG_STACK_GNUTLS);
}

/* "(handshake_failure) Insufficient buffer ...": the alert that was sent is the
 * writer's answer to the fault that the same line names. */
static int is_answer(const struct et_match *matches, unsigned num, unsigned at)
{
  unsigned i;

  for (i = at + 1; matches[at].nature == TLSDIAG_NATURE_SENT && i < num &&
                   matches[i].line == matches[at].line &&
                   matches[i].at - matches[at].end < CODE_REACH;
       i++) {
    if (is_primary(&matches[i]) &&
        matches[i].nature == TLSDIAG_NATURE_DETECTED &&
        !et_is_transport(matches[i].meaning) &&
        matches[i].meaning != et_known(ET_IS_TOO_VAGUE)) {
      return 1;
    }
  }
  return 0;
}

static void find_echoes(struct et_match *matches, unsigned num)
{
  struct progress p = progress_of(matches, num);
  unsigned i;

  for (i = 0; i < num; i++) {
    struct et_match *m = &matches[i];

    if (is_echo(matches, num, i, &p) || is_answer(matches, num, i)) {
      m->nature = TLSDIAG_NATURE_SECONDARY;
    }
    if (p.no_name && m->meaning == et_known(ET_IS_CALLBACK)) {
      m->meaning = (uint8_t)et_known(ET_IS_SNI_ABSENT);
    }
  }
}

/* An alert told twice: Java prints the one it sent in front of the one it
 * received, Erlang wraps a tuple around "generated ...". */
static int is_wrapper(const struct et_match *a, const struct et_match *b)
{
  if (a->alert == 255 || a->alert != b->alert) {
    return 0;
  }
  if (b->nature == TLSDIAG_NATURE_SENT) {
    return a->stack == TLSDIAG_STACK_ERLANG || a->stack == 0;
  }
  return a->line == b->line && a->nature == TLSDIAG_NATURE_SENT &&
         b->nature == TLSDIAG_NATURE_RECEIVED;
}

static void drop_doubles(struct et_match *matches, unsigned num)
{
  unsigned i;
  unsigned j;

  for (i = 0; i < num; i++) {
    struct et_match *b = &matches[i];

    for (j = 0; j < i && !(b->flags & ET_MATCH_DROP); j++) {
      struct et_match *a = &matches[j];

      if ((a->flags & ET_MATCH_DROP) || a->side != b->side) {
        continue;
      }
      if (is_wrapper(a, b)) {
        a->flags |= ET_MATCH_DROP;
      } else if (a->meaning == b->meaning && a->nature == b->nature &&
                 a->stage == b->stage && is_primary(b)) {
        b->flags |= ET_MATCH_DROP;
      }
    }
  }
}

struct summary {
  unsigned exact;     /* matches that say why */
  unsigned details;   /* certificate faults that were only printed */
  unsigned verify;    /* "certificate verify failed" and its kin */
  unsigned faults;    /* exact certificate faults that ended it */
  unsigned completed; /* the text shows a finished handshake */
  unsigned ends;      /* a reset, an early end */
};

static int is_generic(const struct et_match *m)
{
  return m->meaning == et_known(ET_IS_CERT_VERIFY) ||
         m->meaning == et_known(ET_IS_CL_REJECTED) ||
         m->meaning == et_known(ET_IS_SV_REJECTED);
}

static struct summary summarise(const struct et_match *matches, unsigned num)
{
  struct summary s = {0, 0, 0, 0, 0, 0};
  unsigned i;

  for (i = 0; i < num; i++) {
    const struct et_match *m = &matches[i];

    s.details += is_detail(m) && !is_generic(m);
    s.completed += is_state(m) && m->meaning == et_known(ET_IS_COMPLETED);
    if (!is_primary(m)) {
      continue;
    }
    if (is_generic(m)) {
      s.verify++;
    } else if (et_is_certificate(m->meaning)) {
      s.faults++;
    } else if (et_is_transport(m->meaning)) {
      s.ends++;
    } else if (m->meaning != et_known(ET_IS_TOO_VAGUE)) {
      s.exact++;
    }
  }
  return s;
}

/* Details that were only printed count where nothing else explains the end,
 * and then in a low voice if the handshake went on. */
static void raise_details(struct et_match *matches, unsigned num,
                          struct summary *s)
{
  unsigned i;

  if (s->verify == 0 && s->exact + s->faults != 0) {
    return;
  }
  for (i = 0; i < num; i++) {
    struct et_match *m = &matches[i];

    if (is_detail(m)) {
      m->nature = TLSDIAG_NATURE_DETECTED;
      m->flags |= s->completed != 0 && s->verify == 0 ? ET_MATCH_QUIET : 0;
      s->faults += !is_generic(m);
    }
  }
}

static int is_outdone(const struct et_match *m, const struct summary *s)
{
  unsigned better = s->exact + s->faults + s->verify;

  if (is_generic(m)) {
    return s->faults != 0;
  }
  if (m->meaning == et_known(ET_IS_TOO_VAGUE)) {
    return better + s->ends != 0;
  }
  return et_is_transport(m->meaning) && better != 0;
}

static void step_back(struct et_match *matches, unsigned num)
{
  struct summary s = summarise(matches, num);
  unsigned i;

  raise_details(matches, num, &s);
  for (i = 0; i < num; i++) {
    struct et_match *m = &matches[i];

    /* Some programs print this line although the handshake failed later. */
    if (m->meaning == et_known(ET_IS_COMPLETED) &&
        s.exact + s.verify + s.ends != 0) {
      m->meaning = (uint8_t)et_known(ET_IS_CONTEXT);
    }
    if (is_primary(m) && is_outdone(m, &s)) {
      m->nature = TLSDIAG_NATURE_SECONDARY;
    }
  }
}

/* Does it say why, in a wording that is known? */
static int is_known_fault(const struct et_match *m)
{
  return is_primary(m) && m->value != ET_VALUE_IS_GUESS && !is_generic(m) &&
         !et_is_transport(m->meaning) &&
         m->meaning != et_known(ET_IS_TOO_VAGUE);
}

/* Dates, names and revocation say more than that a verification failed. */
static int is_specific(unsigned meaning)
{
  static const uint8_t known[] = {ET_IS_CERT_REVOKED, ET_IS_CL_REVOKED,
                                  ET_IS_CERT_EXPIRED, ET_IS_CL_EXPIRED,
                                  ET_IS_SV_EXPIRED,   ET_IS_CERT_NOT_YET,
                                  ET_IS_CERT_NAME};
  size_t i;

  for (i = 0; i < sizeof known; i++) {
    if (meaning == et_known((enum et_known)known[i])) {
      return 1;
    }
  }
  return 0;
}

/* What was made of concepts counts where no known wording says why. */
static void drop_guesses(struct et_match *matches, unsigned num)
{
  int known = 0;
  int generic = 0;
  unsigned i;

  for (i = 0; i < num; i++) {
    known |= is_known_fault(&matches[i]) || is_detail(&matches[i]);
    generic |= is_primary(&matches[i]) && is_generic(&matches[i]) &&
               matches[i].value != ET_VALUE_IS_GUESS;
  }
  for (i = 0; i < num; i++) {
    if (matches[i].value == ET_VALUE_IS_GUESS &&
        (known || (generic && !is_specific(matches[i].meaning)))) {
      matches[i].flags |= ET_MATCH_DROP;
    }
  }
}

void et_judge(struct et_match *matches, unsigned num_matches, unsigned told)
{
  unsigned i;

  for (i = 0; i < num_matches; i++) {
    struct et_match *m = &matches[i];

    /* What a wording needs is the bit that its surroundings must have set. */
    if (m->needs != 0 && !(m->flags & m->needs)) {
      m->flags |= ET_MATCH_DROP;
    }
  }
  for (i = 0; i < num_matches; i++) {
    if (matches[i].value == ET_VALUE_IS_CODE &&
        !(matches[i].flags & ET_MATCH_DROP)) {
      join_code(matches, num_matches, i);
    }
  }
  drop_guesses(matches, num_matches);
  read_era(matches, num_matches);
  learn_sides(matches, num_matches, told);
  join_details(matches, num_matches);
  place_ends(matches, num_matches);
  find_echoes(matches, num_matches);
  asked_first(matches, num_matches);
  drop_doubles(matches, num_matches);
  step_back(matches, num_matches);
}

static const struct et_causes *causes_of(const struct et_match *m)
{
  const struct et_meaning *meaning = et_meaning_of(m->meaning);
  unsigned side = m->side;

  /* The table speaks of who received an alert. */
  if (m->nature == TLSDIAG_NATURE_SENT && side != 0 && meaning->alert != 255) {
    side = 3 - side;
  }
  if ((m->flags & ET_MATCH_OURS) && side != 0 && meaning->alert != 255) {
    side = 3 - side;
  }
  return &meaning->by[side];
}

/* A guess is less sure, and what little proves is in a low voice. */
static uint8_t spoken(const struct et_match *m, unsigned weight)
{
  if (m->flags & ET_MATCH_QUIET) {
    return (uint8_t)(weight / 2);
  }
  return (uint8_t)(m->value == ET_VALUE_IS_GUESS ? weight * 7 / 10 : weight);
}

void et_hint(const struct et_match *m, tlsdiag_hint *hint)
{
  static const uint8_t parties[] = {TLSDIAG_PARTY_UNKNOWN, TLSDIAG_PARTY_CLIENT,
                                    TLSDIAG_PARTY_SERVER};
  const struct et_causes *causes = causes_of(m);
  int speaks = (m->nature != TLSDIAG_NATURE_STATE &&
                m->nature != TLSDIAG_NATURE_SECONDARY) ||
               m->meaning == et_known(ET_IS_COMPLETED);

  memset(hint, 0, sizeof *hint);
  hint->offset = m->at;
  hint->len = m->end - m->at;
  hint->code = m->code;
  hint->pattern = m->pattern;
  hint->stack = m->stack;
  hint->alert =
      m->alert == 255 || (m->flags & ET_MATCH_OURS) ? 0xffff : m->alert;
  hint->side = parties[m->side];
  hint->nature = m->nature;
  hint->stage = m->stage;
  while (speaks && hint->num_causes < 4 &&
         causes->weight[hint->num_causes] != 0) {
    hint->cause[hint->num_causes] = causes->cause[hint->num_causes];
    hint->weight[hint->num_causes] =
        spoken(m, causes->weight[hint->num_causes]);
    hint->num_causes++;
  }
}
