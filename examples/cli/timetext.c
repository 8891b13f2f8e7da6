#include "timetext.h"

enum { US = 1000000, DAY = 86400 };

/* Day number to date in the Gregorian calendar: years are counted from March,
 * so that the leap day ends one; 400 of them have 146097 days. */
static void date_of(uint64_t days, uint64_t *year, unsigned *month,
                    unsigned *day)
{
  uint64_t from_march = days + 719468; /* since 1 March of the year 0 */
  uint64_t era = from_march / 146097;
  unsigned in_era = (unsigned)(from_march % 146097);
  unsigned years =
      (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
  unsigned in_year = in_era - (365 * years + years / 4 - years / 100);
  unsigned months = (5 * in_year + 2) / 153;

  *day = in_year - (153 * months + 2) / 5 + 1;
  *month = months < 10 ? months + 3 : months - 9;
  *year = era * 400 + years + (*month <= 2 ? 1 : 0);
}

static void clock_text(struct out *o, uint64_t t_us)
{
  uint64_t second = t_us / US % DAY;

  out_u64_width(o, second / 3600, 2, '0');
  out_char(o, ':');
  out_u64_width(o, second / 60 % 60, 2, '0');
  out_char(o, ':');
  out_u64_width(o, second % 60, 2, '0');
  out_char(o, '.');
  out_u64_width(o, t_us % US, 6, '0');
}

void time_iso(struct out *o, uint64_t t_us)
{
  uint64_t year;
  unsigned month;
  unsigned day;

  date_of(t_us / US / DAY, &year, &month, &day);
  out_u64_width(o, year, 4, '0');
  out_char(o, '-');
  out_u64_width(o, month, 2, '0');
  out_char(o, '-');
  out_u64_width(o, day, 2, '0');
  out_char(o, 'T');
  clock_text(o, t_us);
  out_char(o, 'Z');
}

void time_of_day(struct out *o, uint64_t t_us)
{
  clock_text(o, t_us);
}

void time_span(struct out *o, uint64_t us)
{
  out_u64(o, us / US);
  out_char(o, '.');
  out_u64_width(o, us % US, 6, '0');
}
