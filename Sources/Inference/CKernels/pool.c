// Threads that wait for work and share it out by index.
//
// Each thread has a range of the parts for its own, the same one for the same number of parts: it reads a run of weights that lie
// together, and what it read before it reads again. Who has no part left takes the last one of another's.
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

// Steps of a forward pass follow one another at once, and waking a sleeping thread can take as long as one of them.
enum { spin_nanoseconds = 40000 };

// The parts that nobody has begun of a thread's range: the first one in the upper half, the end in the lower.
typedef struct range {
    _Alignas(64) _Atomic uint64_t parts;
} range;

struct dk_pool {
    size_t threads, started;
    range *ranges;
    struct helper *helping;
    pthread_t *helpers;
    pthread_mutex_t turn;
    _Alignas(64) _Atomic uint32_t gate;
    _Alignas(64) _Atomic uint32_t job;  // goes up by one with each
    _Atomic uint32_t sleeping;
    _Atomic bool stop;
    void (*work)(void *, size_t);
    void *context;
};

struct helper {
    dk_pool *pool;
    size_t index;
};

// A part that runs the pool again, its own or another, must not wait for a turn that ends with itself.
static _Thread_local bool inside;
static _Thread_local size_t own_index;

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

// The first part of a range, or its last; SIZE_MAX where there is none.
static size_t take_part(range *range, bool last) {
    uint64_t parts = atomic_load_explicit(&range->parts, memory_order_relaxed);
    for (;;) {
        uint32_t begin = (uint32_t)(parts >> 32), end = (uint32_t)parts;
        if (begin >= end) return SIZE_MAX;
        uint64_t rest = last ? (uint64_t)begin << 32 | (end - 1) : (uint64_t)(begin + 1) << 32 | end;
        if (atomic_compare_exchange_weak_explicit(&range->parts, &parts, rest, memory_order_relaxed, memory_order_relaxed)) {
            return last ? end - 1 : begin;
        }
    }
}

static void take_parts(dk_pool *pool, size_t thread) {
    size_t part;
    while ((part = take_part(&pool->ranges[thread], false)) != SIZE_MAX) pool->work(pool->context, part);
    for (size_t i = 1; i < pool->threads; i++) {
        range *other = &pool->ranges[(thread + i) % pool->threads];
        while ((part = take_part(other, true)) != SIZE_MAX) pool->work(pool->context, part);
    }
}

static void *help(void *argument) {
    const struct helper *self = argument;
    dk_pool *pool = self->pool;
    inside = true;
    own_index = self->index;
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
        take_parts(pool, self->index);
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
    pool->helping = calloc(threads, sizeof *pool->helping);
    pool->ranges = aligned_alloc(64, threads * sizeof *pool->ranges);
    if (!pool->helpers || !pool->helping || !pool->ranges) {
        dk_pool_destroy(pool);
        return NULL;
    }
    for (size_t i = 0; i < threads; i++) atomic_init(&pool->ranges[i].parts, 0);
    // Where the system grants fewer threads than asked for, the others do the work.
    while (pool->started + 1 < threads) {
        struct helper *helper = &pool->helping[pool->started];
        *helper = (struct helper){.pool = pool, .index = pool->started + 1};
        if (pthread_create(&pool->helpers[pool->started], NULL, help, helper) != 0) break;
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
    free(pool->helping);
    free(pool->ranges);
    free(pool);
}

size_t dk_pool_threads(const dk_pool *pool) { return pool->threads; }

size_t dk_pool_thread(void) { return own_index; }

void dk_pool_run(dk_pool *pool, size_t parts, void (*work)(void *context, size_t part), void *context) {
    if (parts == 0) return;
    if (!pool || parts == 1 || parts > UINT32_MAX || inside || pool->started == 0) {
        // This thread may be another pool's, or have another number here: for these parts it is the calling one.
        size_t index = own_index;
        own_index = 0;
        for (size_t part = 0; part < parts; part++) work(context, part);
        own_index = index;
        return;
    }
    pthread_mutex_lock(&pool->turn);
    inside = true;
    pool->work = work;
    pool->context = context;
    for (size_t i = 0; i < pool->threads; i++) {
        uint64_t begin = parts * i / pool->threads, end = parts * (i + 1) / pool->threads;
        atomic_store_explicit(&pool->ranges[i].parts, begin << 32 | end, memory_order_relaxed);
    }
    atomic_store(&pool->gate, OPEN);
    announce(pool);
    take_parts(pool, 0);
    uint32_t gate = atomic_fetch_and(&pool->gate, ~OPEN) & ~OPEN;
    while (gate != 0) {
        if (!spin_while(&pool->gate, gate)) futex_wait(&pool->gate, gate);
        gate = atomic_load(&pool->gate);
    }
    inside = false;
    pthread_mutex_unlock(&pool->turn);
}
