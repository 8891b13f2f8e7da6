/* time.h: the clock is a number that the page draws at random; the tool seeds
 * its table with it. */
#ifndef WASM_TIME_H
#define WASM_TIME_H
struct timespec {
  long tv_sec;
  long tv_nsec;
};
enum { CLOCK_REALTIME };
int clock_gettime(int clock, struct timespec *now);
#endif
