// The two system call filters. Names, not numbers: libseccomp knows which of them an architecture has.
#define _GNU_SOURCE
#include <errno.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "SystemCallFilter.h"

bool sandbox_has_filters(void) {
    uint32_t action = SECCOMP_RET_ERRNO;
    return syscall(__NR_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

scmp_filter_ctx sandbox_filter_new(uint32_t otherwise) {
    scmp_filter_ctx filter = seccomp_init(otherwise);
    if (filter == NULL) return NULL;
    // A call in another architecture's numbering would walk past every rule below.
    seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);  // a search tree; no matter where missing
    return filter;
}

int sandbox_filter_load(scmp_filter_ctx filter, int failure) {
    if (failure == 0) failure = seccomp_load(filter);
    seccomp_release(filter);
    return failure == 0 ? 1 : failure;
}

int sandbox_filter_add_all(scmp_filter_ctx filter, uint32_t action, const char *const *names) {
    for (; *names != NULL; names++) {
        int failure = sandbox_filter_add(filter, action, *names, 0, NULL);
        if (failure != 0) return failure;
    }
    return 0;
}

int sandbox_filter_add(
    scmp_filter_ctx filter, uint32_t action, const char *name, unsigned count,
    const struct scmp_arg_cmp *comparisons
) {
    int number = seccomp_syscall_resolve_name(name);
    if (number < 0) return 0;  // not on this architecture, or newer than the library
    int failure = seccomp_rule_add_array(filter, action, number, count, comparisons);
    return failure == -EACCES ? 0 : failure;  // the rule says what happens anyway
}
