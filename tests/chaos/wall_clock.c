/* Loaded before a program (LD_PRELOAD), this moves its clock on the wall by as many seconds as the file named by
 * WALL_CLOCK says, a native 64-bit integer that may be changed at any time. As when an administrator sets a clock, the
 * monotonic clocks go on, sleeping and waiting take as long as they should, and files keep the times that they have. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *moved_s;
static int (*true_clock)(clockid_t, struct timespec *);

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("WALL_CLOCK");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    void *seen = mmap(NULL, sizeof *moved_s, PROT_READ, MAP_SHARED, file, 0);
    if (seen == MAP_FAILED) abort(); /* a test on a clock that never moves would prove nothing */
    close(file);
    moved_s = seen;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    if (!true_clock) *(void **)&true_clock = dlsym(RTLD_NEXT, "clock_gettime");
    int failed = true_clock(clock, now);
    if (!failed && moved_s && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += *moved_s;
    return failed;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    struct timespec exact;
    int failed = clock_gettime(CLOCK_REALTIME, &exact);
    (void)zone;
    if (!failed) *now = (struct timeval){exact.tv_sec, exact.tv_nsec / 1000};
    return failed;
}

time_t time(time_t *told) {
    struct timespec exact;
    if (clock_gettime(CLOCK_REALTIME, &exact)) return -1;
    if (told) *told = exact.tv_sec;
    return exact.tv_sec;
}
