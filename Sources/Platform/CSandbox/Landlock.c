// Landlock by raw system calls. Debian 12's <linux/landlock.h> stops at version 2, the kernel may be
// anywhere between none and newer than this file, so the constants are written out here.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "CSandbox.h"

#ifndef __NR_landlock_create_ruleset
#define __NR_landlock_create_ruleset 444
#define __NR_landlock_add_rule 445
#define __NR_landlock_restrict_self 446
#endif

enum {
    CREATE_RULESET_VERSION = 1,
    RULE_PATH_BENEATH = 1,
};

#define FS_EXECUTE (1ULL << 0)
#define FS_WRITE_FILE (1ULL << 1)
#define FS_READ_FILE (1ULL << 2)
#define FS_READ_DIR (1ULL << 3)
#define FS_VERSION_1 ((1ULL << 13) - 1)  // the four above, and removing and making of every kind
#define FS_REFER (1ULL << 13)            // version 2: linking and renaming across directories
#define FS_TRUNCATE (1ULL << 14)         // version 3
#define NET_TCP 3ULL                     // version 4: bind and connect
#define FS_IOCTL_DEV (1ULL << 15)        // version 5
#define SCOPE_ALL 3ULL                   // version 6: abstract unix sockets and signals

struct ruleset {
    uint64_t fs;
    uint64_t net;
    uint64_t scope;
};

struct path_rule {
    uint64_t access;
    int32_t parent;
} __attribute__((packed));

int sandbox_landlock_version(void) {
    long version = syscall(__NR_landlock_create_ruleset, NULL, (size_t)0, CREATE_RULESET_VERSION);
    return version > 0 ? (int)version : 0;
}

/// A path that is missing or out of reach needs no rule: it cannot be opened anyway.
static int allow_path(int ruleset, const char *path, uint64_t for_file, uint64_t for_directory) {
    int descriptor = open(path, O_PATH | O_CLOEXEC);
    if (descriptor < 0) return 0;
    struct stat status;
    int result = 0;
    if (fstat(descriptor, &status) == 0) {
        struct path_rule rule = {
            .access = S_ISDIR(status.st_mode) ? for_file | for_directory : for_file,
            .parent = descriptor,
        };
        // EBADFD: a pipe or memory file, which Landlock does not guard and needs no rule.
        if (syscall(__NR_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &rule, 0) != 0
            && errno != EBADFD)
            result = -errno;
    }
    close(descriptor);
    return result;
}

int sandbox_restrict_files(char *const *readable, size_t count, bool may_execute) {
    int version = sandbox_landlock_version();
    if (version == 0) return 0;

    struct ruleset all = {.fs = FS_VERSION_1};
    size_t size = sizeof all.fs;
    if (version >= 2) all.fs |= FS_REFER;
    if (version >= 3) all.fs |= FS_TRUNCATE;
    if (version >= 4) all.net = NET_TCP, size = 2 * sizeof all.fs;
    if (version >= 5) all.fs |= FS_IOCTL_DEV;
    if (version >= 6) all.scope = SCOPE_ALL, size = 3 * sizeof all.fs;

    int ruleset = (int)syscall(__NR_landlock_create_ruleset, &all, size, 0);
    if (ruleset < 0) return -errno;

    int result = 0;
    uint64_t file = FS_READ_FILE | (may_execute ? FS_EXECUTE : 0);
    for (size_t i = 0; i < count && result == 0; i++)
        result = allow_path(ruleset, readable[i], file, FS_READ_DIR);
    if (may_execute && result == 0) {
        // What every shell script expects: `2>/dev/null`, and `/dev/stdin` for standard input.
        uint64_t discard = FS_READ_FILE | FS_WRITE_FILE | (all.fs & FS_TRUNCATE);
        result = allow_path(ruleset, "/dev/null", discard, 0);
        struct stat input;
        if (result == 0 && fstat(0, &input) == 0 && S_ISREG(input.st_mode))
            result = allow_path(ruleset, "/proc/self/fd/0", FS_READ_FILE, 0);
    }
    if (result == 0 && syscall(__NR_landlock_restrict_self, ruleset, 0) != 0) result = -errno;
    close(ruleset);
    return result < 0 ? result : version;
}
