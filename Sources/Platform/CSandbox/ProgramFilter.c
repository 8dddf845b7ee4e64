// What a program behind walls may not ask of the kernel. It is a stranger with needs of its own, so
// this is a list of refusals: the network, other processes, the machine, and what changes files
// without opening them, which Landlock does not see. Which files it may open Landlock decides.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "SystemCallFilter.h"

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif

static const char *const refused[] = {
    // the network, and other processes' sockets
    "socket", "connect", "bind", "listen", "accept", "accept4",
    // other processes
    "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "process_mrelease",
    "pidfd_getfd", "kcmp", "migrate_pages", "move_pages", "setpgid", "setsid",
    // memory and queues shared by name
    "shmget", "shmat", "shmctl", "semget", "semop", "semtimedop", "semctl", "msgget", "msgsnd", "msgrcv",
    "msgctl", "mq_open", "mq_unlink",
    // corners of the kernel that no reader of documents needs, and attackers like
    "bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter", "io_uring_register",
    "keyctl", "add_key", "request_key", "personality", "lookup_dcookie", "vmsplice",
    "name_to_handle_at", "open_by_handle_at", "fanotify_init", "fanotify_mark", "inotify_init",
    "inotify_init1", "inotify_add_watch",
    // namespaces and the file system's shape
    "unshare", "setns", "chroot", "pivot_root", "mount", "umount", "umount2", "move_mount", "open_tree",
    "fsopen", "fsconfig", "fsmount", "fspick", "mount_setattr", "quotactl", "quotactl_fd",
    // the machine
    "init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "reboot", "swapon",
    "swapoff", "sethostname", "setdomainname", "settimeofday", "stime", "clock_settime",
    "clock_settime64", "clock_adjtime", "clock_adjtime64", "adjtimex", "iopl", "ioperm", "acct",
    "syslog", "vhangup", "nfsservctl", "sync", "syncfs",
    // files changed by name, whatever Landlock is or is not
    "chmod", "fchmod", "fchmodat", "chown", "lchown", "fchown", "fchownat", "utime", "utimes",
    "futimesat", "utimensat", "utimensat_time64", "setxattr", "lsetxattr", "fsetxattr",
    "removexattr", "lremovexattr", "fremovexattr", "truncate", "truncate64", "creat", "mkdir",
    "mkdirat", "rmdir", "unlink", "unlinkat", "rename", "renameat", "renameat2", "link", "linkat",
    "symlink", "symlinkat", "mknod", "mknodat", NULL,
};

static const char *const signalling[] = {
    "kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_send_signal", NULL,
};

/// Refuses `name` where the 32-bit argument `index`, masked, equals `value`.
static int refuse_where(
    scmp_filter_ctx filter, const char *name, unsigned index, uint32_t mask, uint32_t value
) {
    struct scmp_arg_cmp comparison = SCMP_CMP32(index, SCMP_CMP_MASKED_EQ, mask, value);
    return sandbox_filter_add(filter, SCMP_ACT_ERRNO(EPERM), name, 1, &comparison);
}

static int refuse_unless(scmp_filter_ctx filter, const char *name, unsigned index, uint32_t value) {
    struct scmp_arg_cmp comparison = SCMP_CMP32(index, SCMP_CMP_NE, value);
    return sandbox_filter_add(filter, SCMP_ACT_ERRNO(EPERM), name, 1, &comparison);
}

int sandbox_filter_program(int landlock_version, bool may_fork) {
    if (!sandbox_has_filters()) return 0;
    scmp_filter_ctx filter = sandbox_filter_new(SCMP_ACT_ALLOW);
    if (filter == NULL) return -ENOMEM;
    int failure = sandbox_filter_add_all(filter, SCMP_ACT_ERRNO(EPERM), refused);

    // Calls younger than this list, as if the kernel were as old as the list (Linux 5.17).
    for (int number = 451; number < 600 && failure == 0; number++)
        failure = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), number, 0);
    static const char *const answered_as_old_kernel[] = {"clone3", NULL};
    if (failure == 0)
        failure = sandbox_filter_add_all(filter, SCMP_ACT_ERRNO(ENOSYS), answered_as_old_kernel);

    const uint32_t namespaces[] = {
        CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC,
        CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET,
    };
    for (size_t i = 0; i < sizeof namespaces / sizeof *namespaces && failure == 0; i++)
        failure = refuse_where(filter, "clone", 0, namespaces[i], namespaces[i]);

    if (!may_fork) {
        static const char *const forking[] = {"fork", "vfork", NULL};
        if (failure == 0) failure = sandbox_filter_add_all(filter, SCMP_ACT_ERRNO(EPERM), forking);
        if (failure == 0) failure = refuse_where(filter, "clone", 0, CLONE_THREAD, 0);
    }

    // A pair of stream sockets is a pipe; a datagram socket could be pointed at anyone's address.
    if (failure == 0) failure = refuse_unless(filter, "socketpair", 0, AF_UNIX);
    const uint32_t addressable[] = {SOCK_DGRAM, SOCK_RAW, SOCK_RDM};
    for (int i = 0; i < 3 && failure == 0; i++)
        failure = refuse_where(filter, "socketpair", 1, 0xf, addressable[i]);

    // Typing into the terminal that standard error may be.
    const uint32_t terminal[] = {TIOCSTI, TIOCLINUX, TIOCSCTTY, TIOCSETD};
    for (int i = 0; i < 4 && failure == 0; i++)
        failure = refuse_where(filter, "ioctl", 1, 0xffffffff, terminal[i]);

    // Attributes of files, which can be changed through a descriptor that is open for reading.
    const uint32_t attributes[] = {'f' << 8, 'v' << 8, 'X' << 8, 0x94 << 8};
    for (int i = 0; i < 4 && failure == 0; i++)
        failure = refuse_where(filter, "ioctl", 1, 0xff00, attributes[i]);

    // Signals by a file's owner, limits and priorities of others.
    const uint32_t owners[] = {F_SETOWN, F_SETOWN_EX, F_SETSIG};
    for (int i = 0; i < 3 && failure == 0; i++)
        failure = refuse_where(filter, "fcntl", 1, 0xffffffff, owners[i]);
    const char *const own_only[] = {
        "prlimit64", "sched_setscheduler", "sched_setparam", "sched_setattr", "sched_setaffinity",
    };
    for (int i = 0; i < 5 && failure == 0; i++) failure = refuse_unless(filter, own_only[i], 0, 0);
    if (failure == 0) failure = refuse_unless(filter, "setpriority", 0, PRIO_PROCESS);
    if (failure == 0) failure = refuse_unless(filter, "setpriority", 1, 0);
    if (failure == 0) failure = refuse_unless(filter, "ioprio_set", 0, 1);  // IOPRIO_WHO_PROCESS
    if (failure == 0) failure = refuse_unless(filter, "ioprio_set", 1, 0);

    // From version 6 on Landlock keeps signals inside; before, only the own group can be reached.
    if (landlock_version < 6 && failure == 0) {
        failure = refuse_unless(filter, "kill", 0, 0);
        if (failure == 0)
            failure = sandbox_filter_add_all(filter, SCMP_ACT_ERRNO(EPERM), signalling + 1);
    }

    // Without Landlock nothing else stops a program from writing.
    if (landlock_version == 0 && failure == 0) {
        static const char *const opening[] = {"openat2", NULL};
        failure = sandbox_filter_add_all(filter, SCMP_ACT_ERRNO(ENOSYS), opening);
        const uint32_t writing[] = {O_WRONLY, O_RDWR, O_CREAT, O_TRUNC};
        for (int i = 0; i < 4 && failure == 0; i++) {
            failure = refuse_where(filter, "open", 1, writing[i], writing[i]);
            if (failure == 0) failure = refuse_where(filter, "openat", 2, writing[i], writing[i]);
        }
    }
    return sandbox_filter_load(filter, failure);
}
