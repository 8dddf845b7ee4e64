// Threads that wait for work and share it out by index.
//
// `gate` says whether a job is open (its top bit) and how many threads are inside it. A thread enters only an open job, so the
// caller, when no part is left, shuts the gate and waits for those inside: a thread that the system has not woken yet is not waited for.
#define _GNU_SOURCE
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "CKernels.h"

#define OPEN 0x80000000u

// A matrix product of one token takes 50 µs and more; waking a sleeping thread takes as long again.
enum { spin_nanoseconds = 40000 };

struct dk_pool {
    size_t threads, started;
    pthread_t *helpers;
    pthread_mutex_t turn;
    _Alignas(64) _Atomic uint32_t gate;
    _Alignas(64) _Atomic uint32_t job;  // goes up by one with each
    _Atomic uint32_t sleeping;
    _Atomic bool stop;
    _Alignas(64) _Atomic size_t next;
    size_t parts;
    void (*work)(void *, size_t);
    void *context;
};

// A part that runs the pool again, its own or another, must not wait for a turn that ends with itself.
static _Thread_local bool inside;

static void breathe(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static int64_t nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void futex_wait(_Atomic uint32_t *word, uint32_t value) {
    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
}

static void futex_wake(_Atomic uint32_t *word) {
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT32_MAX, NULL, NULL, 0);
}

// Waits briefly for `*word` to differ from `value`. Whether it does.
static bool spin_while(_Atomic uint32_t *word, uint32_t value) {
    int64_t end = 0;
    for (unsigned turn = 1;; turn++) {
        if (atomic_load_explicit(word, memory_order_acquire) != value) return true;
        breathe();
        if (turn % 64 != 0) continue;
        int64_t now = nanoseconds();
        if (end == 0) end = now + spin_nanoseconds;
        if (now >= end) return false;
    }
}

static void take_parts(dk_pool *pool) {
    size_t part;
    while ((part = atomic_fetch_add_explicit(&pool->next, 1, memory_order_relaxed)) < pool->parts) {
        pool->work(pool->context, part);
    }
}

static void *help(void *argument) {
    dk_pool *pool = argument;
    inside = true;
    uint32_t seen = 0;
    for (;;) {
        if (!spin_while(&pool->job, seen)) {
            atomic_fetch_add(&pool->sleeping, 1);
            while (atomic_load(&pool->job) == seen) futex_wait(&pool->job, seen);
            atomic_fetch_sub(&pool->sleeping, 1);
        }
        seen = atomic_load(&pool->job);
        if (atomic_load(&pool->stop)) return NULL;
        uint32_t gate = atomic_load(&pool->gate);
        while ((gate & OPEN) && !atomic_compare_exchange_weak(&pool->gate, &gate, gate + 1)) {}
        if (!(gate & OPEN)) continue;
        take_parts(pool);
        // The last one out of a shut job tells the caller.
        if (atomic_fetch_sub(&pool->gate, 1) == 1) futex_wake(&pool->gate);
    }
}

static void announce(dk_pool *pool) {
    atomic_fetch_add(&pool->job, 1);
    if (atomic_load(&pool->sleeping) > 0) futex_wake(&pool->job);
}

dk_pool *dk_pool_create(size_t threads) {
    if (threads < 1) threads = 1;
    if (threads > 1024) threads = 1024;
    dk_pool *pool = aligned_alloc(64, sizeof *pool);
    if (!pool) return NULL;
    *pool = (dk_pool){.threads = threads};
    pthread_mutex_init(&pool->turn, NULL);
    pool->helpers = calloc(threads, sizeof *pool->helpers);
    if (!pool->helpers) {
        dk_pool_destroy(pool);
        return NULL;
    }
    // Where the system grants fewer threads than asked for, the others do the work.
    while (pool->started + 1 < threads &&
           pthread_create(&pool->helpers[pool->started], NULL, help, pool) == 0) {
        pool->started++;
    }
    return pool;
}

void dk_pool_destroy(dk_pool *pool) {
    if (!pool) return;
    atomic_store(&pool->stop, true);
    announce(pool);
    for (size_t i = 0; i < pool->started; i++) pthread_join(pool->helpers[i], NULL);
    pthread_mutex_destroy(&pool->turn);
    free(pool->helpers);
    free(pool);
}

size_t dk_pool_threads(const dk_pool *pool) { return pool->threads; }

void dk_pool_run(dk_pool *pool, size_t parts, void (*work)(void *context, size_t part), void *context) {
    if (parts == 0) return;
    if (parts == 1 || inside || pool->started == 0) {
        for (size_t part = 0; part < parts; part++) work(context, part);
        return;
    }
    pthread_mutex_lock(&pool->turn);
    inside = true;
    pool->parts = parts;
    pool->work = work;
    pool->context = context;
    atomic_store(&pool->next, 0);
    atomic_store(&pool->gate, OPEN);
    announce(pool);
    take_parts(pool);
    uint32_t gate = atomic_fetch_and(&pool->gate, ~OPEN) & ~OPEN;
    while (gate != 0) {
        if (!spin_while(&pool->gate, gate)) futex_wait(&pool->gate, gate);
        gate = atomic_load(&pool->gate);
    }
    inside = false;
    pthread_mutex_unlock(&pool->turn);
}
