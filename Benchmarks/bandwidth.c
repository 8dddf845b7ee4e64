// How fast this machine's memory is read, by so many threads together: the ceiling of anything that reads all weights for each token.
//
//     cc -O3 -march=native -pthread bandwidth.c -o bandwidth
//     ./bandwidth [THREADS] [MEBIBYTES] [PASSES]
//
// Each thread sums its part of one block, which is written beforehand. The fastest of the passes counts: others on the machine can only slow one down.

#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

enum { most_threads = 256 };

typedef struct {
    const uint64_t *from;
    size_t count;
    int passes;
    uint64_t sum;
    double start, end; // of the latest pass
} Part;

static pthread_barrier_t barrier;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static uint64_t sum(const uint64_t *from, size_t count) {
    // Several sums at once, so that no addition waits for another; the compiler makes vectors of them.
    uint64_t sums[64] = {0};
    for (size_t index = 0; index + 64 <= count; index += 64)
        for (int lane = 0; lane < 64; lane++) sums[lane] += from[index + lane];
    uint64_t total = 0;
    for (int lane = 0; lane < 64; lane++) total += sums[lane];
    return total;
}

static void *run(void *argument) {
    Part *part = argument;
    for (int pass = 0; pass < part->passes; pass++) {
        pthread_barrier_wait(&barrier);
        part->start = now();
        part->sum += sum(part->from, part->count);
        part->end = now();
        pthread_barrier_wait(&barrier);
        // Until here all times stay as they are, for the main thread to read.
        pthread_barrier_wait(&barrier);
    }
    return NULL;
}

int main(int count, char **words) {
    int threads = count > 1 ? atoi(words[1]) : 2;
    long mebibytes = count > 2 ? atol(words[2]) : 1024;
    int passes = count > 3 ? atoi(words[3]) : 8;
    if (threads < 1 || threads > most_threads || mebibytes < 1 || passes < 1) {
        fprintf(stderr, "usage: bandwidth [THREADS] [MEBIBYTES] [PASSES]\n");
        return 64;
    }
    size_t bytes = (size_t)mebibytes << 20;
    uint64_t *block = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (block == MAP_FAILED) {
        fprintf(stderr, "bandwidth: no memory for %ld MiB\n", mebibytes);
        return 1;
    }
    madvise(block, bytes, MADV_HUGEPAGE);
    memset(block, 1, bytes);

    // The main thread only waits, and takes a pass from the first thread's start to the last one's end.
    pthread_barrier_init(&barrier, NULL, (unsigned)threads + 1);
    Part parts[most_threads];
    pthread_t handles[most_threads];
    size_t each = bytes / sizeof(uint64_t) / (size_t)threads / 64 * 64;
    for (int index = 0; index < threads; index++) {
        parts[index] = (Part){block + each * (size_t)index, each, passes, 0, 0, 0};
        if (pthread_create(&handles[index], NULL, run, &parts[index]) != 0) {
            fprintf(stderr, "bandwidth: no thread could be started\n");
            return 1;
        }
    }
    double best = 0;
    for (int pass = 0; pass < passes; pass++) {
        pthread_barrier_wait(&barrier);
        pthread_barrier_wait(&barrier);
        double start = parts[0].start, end = parts[0].end;
        for (int index = 1; index < threads; index++) {
            if (parts[index].start < start) start = parts[index].start;
            if (parts[index].end > end) end = parts[index].end;
        }
        double rate = (double)(each * (size_t)threads * sizeof(uint64_t)) / (end - start);
        if (rate > best) best = rate;
        pthread_barrier_wait(&barrier);
    }
    uint64_t total = 0;
    for (int index = 0; index < threads; index++) {
        pthread_join(handles[index], NULL);
        total += parts[index].sum;
    }
    // The sum is printed so that it cannot be left out.
    printf("{\"threads\": %d, \"bytes\": %zu, \"bytesPerSecond\": %.0f, \"sum\": %llu}\n", threads, bytes, best,
           (unsigned long long)total);
    return 0;
}
