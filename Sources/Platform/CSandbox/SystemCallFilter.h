// Shared by the two filters; not for Swift.
#ifndef SANDBOX_SYSTEM_CALL_FILTER_H
#define SANDBOX_SYSTEM_CALL_FILTER_H

#include <seccomp.h>

#include "CSandbox.h"

/// A filter that answers `otherwise` to calls without a rule; NULL without memory.
scmp_filter_ctx sandbox_filter_new(uint32_t otherwise);
/// One rule for each name; the list ends with NULL.
int sandbox_filter_add_all(scmp_filter_ctx filter, uint32_t action, const char *const *names);
/// One rule for calls whose arguments satisfy all comparisons.
int sandbox_filter_add(
    scmp_filter_ctx filter, uint32_t action, const char *name, unsigned count,
    const struct scmp_arg_cmp *comparisons);
/// Applies the filter unless something failed before, and frees it. Returns 1 when applied.
int sandbox_filter_load(scmp_filter_ctx filter, int failure);

#endif
