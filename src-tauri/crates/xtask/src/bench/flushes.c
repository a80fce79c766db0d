/* Counts fsync and fdatasync in a file mapped by FLUSH_COUNT_FILE, and makes each FLUSH_DELAY_US slower. Preloaded. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static volatile uint64_t *count;
static long delay_us;

__attribute__((constructor)) static void prepare(void) {
  const char *file = getenv("FLUSH_COUNT_FILE");
  const char *delay = getenv("FLUSH_DELAY_US");
  delay_us = delay ? atol(delay) : 0;
  int fd = file ? open(file, O_RDWR) : -1;
  if (fd >= 0) {
    void *page = mmap(NULL, sizeof(uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    count = page == MAP_FAILED ? NULL : page;
    close(fd);
  }
}

static int flush(const char *name, int fd) {
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
  if (count) __atomic_fetch_add(count, 1, __ATOMIC_SEQ_CST);
  if (delay_us > 0) {
    struct timespec rest = {delay_us / 1000000, (delay_us % 1000000) * 1000};
    nanosleep(&rest, NULL);
  }
  return real(fd);
}

int fsync(int fd) { return flush("fsync", fd); }
int fdatasync(int fd) { return flush("fdatasync", fd); }
