// What the measuring programs share: processor time, the best of several repetitions, and memory with noise in it.
#ifndef MEASURE_H
#define MEASURE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "CKernels.h"

static inline double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

#define BEST_OF(times, body)                                   \
    ({                                                         \
        double best_ = 1e30;                                   \
        for (int t_ = 0; t_ < (times); t_++) {                 \
            double start_ = seconds();                         \
            body;                                              \
            double took_ = seconds() - start_;                 \
            if (took_ < best_) best_ = took_;                  \
        }                                                      \
        best_;                                                 \
    })

static inline void *zeroed(size_t bytes) {
    void *p = aligned_alloc(4096, (bytes + 8191) / 4096 * 4096);
    if (!p) exit(1);
    memset(p, 0, bytes);
    return p;
}

static inline float *noise(size_t count) {
    float *x = zeroed(count * sizeof *x + 64);
    uint32_t state = 1;
    for (size_t i = 0; i < count; i++) {
        state = state * 1664525 + 1013904223;
        x[i] = (float)(int32_t)state * 0x1p-31f;
    }
    return x;
}

// packed.c
void packed_products(const dk_kernels *kernels);
void packed_reading(const dk_kernels *kernels);
void packing(const dk_kernels *kernels);

#endif
