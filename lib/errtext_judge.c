/* errtext_judge.c: what the lines of one text say about each other.
 *
 * A text is often several views of one event: the packed code, its words, the
 * alert behind it, the name of the program around it.  Here each match learns
 * which side wrote it, doubles go, vague ones step back behind exact ones, and
 * details that were only printed on the way (s_client goes on after a failed
 * verification) count only if nothing else explains the end. */
#include "errtext_judge.h"

/* What the client was asked before an alert came decides what it is about. */
static void asked_first(struct et_match *matches, unsigned num)
{
  int asked = 0;
  unsigned i;

  for (i = 0; i < num; i++) {
    asked |= et_is_state(&matches[i]) &&
             matches[i].stage == TLSDIAG_STAGE_CERTIFICATE_REQUEST;
  }
  for (i = 0; i < num && asked; i++) {
    struct et_match *m = &matches[i];
    unsigned receiver =
        m->nature == TLSDIAG_NATURE_SENT ? 3u - m->side : m->side;

    if (!et_is_primary(m) || receiver != TLSDIAG_PARTY_CLIENT) {
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
    p.ended |=
        et_is_primary(m) && et_is_transport(m->meaning) && m->alert == 255;
    if (!et_is_state(m)) {
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
  if (p->completed == num || !et_is_primary(m)) {
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
    if (et_is_primary(&matches[i]) &&
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
                 a->stage == b->stage && et_is_primary(b)) {
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

static struct summary summarise(const struct et_match *matches, unsigned num)
{
  struct summary s = {0, 0, 0, 0, 0, 0};
  unsigned i;

  for (i = 0; i < num; i++) {
    const struct et_match *m = &matches[i];

    s.details += et_is_detail(m) && !et_is_generic(m);
    s.completed += et_is_state(m) && m->meaning == et_known(ET_IS_COMPLETED);
    if (!et_is_primary(m)) {
      continue;
    }
    if (et_is_generic(m)) {
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

    if (et_is_detail(m)) {
      m->nature = TLSDIAG_NATURE_DETECTED;
      m->flags |= s->completed != 0 && s->verify == 0 ? ET_MATCH_QUIET : 0;
      s->faults += !et_is_generic(m);
    }
  }
}

static int is_outdone(const struct et_match *m, const struct summary *s)
{
  unsigned better = s->exact + s->faults + s->verify;

  if (et_is_generic(m)) {
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
    if (et_is_primary(m) && is_outdone(m, &s)) {
      m->nature = TLSDIAG_NATURE_SECONDARY;
    }
  }
}

/* Does it say why, in a wording that is known? */
static int is_known_fault(const struct et_match *m)
{
  return et_is_primary(m) && m->value != ET_VALUE_IS_GUESS &&
         !et_is_generic(m) && !et_is_transport(m->meaning) &&
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
    known |= is_known_fault(&matches[i]) || et_is_detail(&matches[i]);
    generic |= et_is_primary(&matches[i]) && et_is_generic(&matches[i]) &&
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
  et_join_codes(matches, num_matches);
  drop_guesses(matches, num_matches);
  et_read_era(matches, num_matches);
  et_learn_sides(matches, num_matches, told);
  et_join_details(matches, num_matches);
  place_ends(matches, num_matches);
  find_echoes(matches, num_matches);
  asked_first(matches, num_matches);
  drop_doubles(matches, num_matches);
  step_back(matches, num_matches);
}
