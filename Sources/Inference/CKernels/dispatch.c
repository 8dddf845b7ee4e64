// Which versions this processor can run, asked of it once.
#include <pthread.h>

#include "versions.h"

static const dk_kernels *versions[5];
static size_t version_count;
static pthread_once_t asked = PTHREAD_ONCE_INIT;

static void ask(void) {
    versions[version_count++] = &dk_portable;
}

const dk_kernels *const *dk_available(size_t *count) {
    pthread_once(&asked, ask);
    *count = version_count;
    return versions;
}

bool dk_has_native_bf16(const dk_kernels *kernels) {
    (void)kernels;
    return false;
}

// Scores of a block of queries, one tile of keys and of values, and what the queries have summed.
size_t dk_attention_scratch(size_t head_dim) { return 4096 + 256 * head_dim; }
