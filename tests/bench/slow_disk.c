/* Makes every wait for the disk RECOUP_BENCH_DISK_MS milliseconds longer, for whatever program this is loaded into before its other libraries
 * (LD_PRELOAD): `cargo xtask bench bulk --disk-ms`. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

static int later(const char *name, int file)
{
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    const char *typed = getenv("RECOUP_BENCH_DISK_MS");
    long milliseconds = typed ? strtol(typed, NULL, 10) : 0;
    struct timespec wait = { milliseconds / 1000, milliseconds % 1000 * 1000000 };
    nanosleep(&wait, NULL);
    return real(file);
}

int fsync(int file) { return later("fsync", file); }
int fdatasync(int file) { return later("fdatasync", file); }
