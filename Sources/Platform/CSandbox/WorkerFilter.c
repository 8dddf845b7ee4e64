// What a worker may ask of the kernel: memory, threads of its own, time, and bytes from and to the
// descriptors that it was given. Everything else is refused, so that a library that asks for more
// gets an error it can report.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "SystemCallFilter.h"

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif

static const char *const allowed[] = {
    // bytes of open files, and messages
    "read", "readv", "pread64", "preadv", "write", "writev", "pwrite64", "pwritev", "lseek", "_llseek",
    "ftruncate", "fallocate", "fadvise64", "fsync", "fdatasync", "fstat", "close", "close_range",
    "dup", "sendmsg", "recvmsg", "recvfrom", "shutdown", "poll", "ppoll", "select", "pselect6",
    // memory
    "brk", "munmap", "mremap", "madvise", "msync", "mincore", "membarrier", "getrandom",
    // threads
    "futex", "set_robust_list", "get_robust_list", "rseq", "sched_yield", "sched_getaffinity", "getcpu",
    "exit", "exit_group", "gettid", "set_tid_address", "restart_syscall",
    // signals to itself
    "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "rt_sigpending", "sigaltstack",
    // time
    "clock_gettime", "clock_getres", "clock_nanosleep", "gettimeofday", "nanosleep", "time", "times",
    // who and where am I, with nothing to learn about others
    "getpid", "getppid", "getuid", "geteuid", "getgid", "getegid", "getrusage", "getrlimit", "sysinfo",
    "uname", NULL,
};

// Refused like a file that one may not read, which libraries know how to take.
static const char *const opening[] = {
    "open", "openat", "openat2", "creat", "access", "faccessat", "faccessat2", "stat", "lstat",
    "readlink", "readlinkat", NULL,
};

// `fstat` of glibc before 2.39 is `newfstatat` of an empty path. A filter cannot see the path, and a
// path would tell a worker which files exist; so the call is caught here and answered by the real
// `fstat`. A worker in foreign hands that changes this handler gains nothing: all that it can do
// instead is make calls that are allowed anyway.
static void answer_file_status(int number, siginfo_t *information, void *context) {
    (void)number;
    ucontext_t *state = context;
    int saved = errno;
#if defined(__x86_64__)
    greg_t *registers = state->uc_mcontext.gregs;
    long arguments[4] = {
        registers[REG_RDI], registers[REG_RSI], registers[REG_RDX], registers[REG_R10],
    };
#elif defined(__aarch64__)
    unsigned long long *registers = state->uc_mcontext.regs;
    long arguments[4] = {
        (long)registers[0], (long)registers[1], (long)registers[2], (long)registers[3],
    };
#else
    long arguments[4] = {-1, 0, 0, 0};
#endif
    long result = -EACCES;
    const char *path = (const char *)arguments[1];
    if (information->si_syscall == SYS_newfstatat && (int)arguments[3] == AT_EMPTY_PATH
        && (path == NULL || *path == 0)) {
        result = syscall(SYS_fstat, (int)arguments[0], arguments[2]);
        if (result < 0) result = -errno;
    }
#if defined(__x86_64__)
    registers[REG_RAX] = result;
#elif defined(__aarch64__)
    registers[0] = (unsigned long long)result;
#endif
    errno = saved;
}

int sandbox_filter_worker(void) {
    if (!sandbox_has_filters()) return 0;
    scmp_filter_ctx filter = sandbox_filter_new(SCMP_ACT_ERRNO(EPERM));
    if (filter == NULL) return -ENOMEM;

    int failure = sandbox_filter_add_all(filter, SCMP_ACT_ALLOW, allowed);
    if (failure == 0) failure = sandbox_filter_add_all(filter, SCMP_ACT_ERRNO(EACCES), opening);
    // glibc then falls back to `clone` and `fstatat`, whose arguments a filter can see.
    static const char *const answered_as_old_kernel[] = {"clone3", "statx", NULL};
    if (failure == 0)
        failure = sandbox_filter_add_all(filter, SCMP_ACT_ERRNO(ENOSYS), answered_as_old_kernel);

    struct sigaction action = {.sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK};
    action.sa_sigaction = answer_file_status;
    sigaction(SIGSYS, &action, NULL);
    struct scmp_arg_cmp empty_path = SCMP_A3_32(SCMP_CMP_EQ, AT_EMPTY_PATH);
    if (failure == 0) failure = sandbox_filter_add(filter, SCMP_ACT_TRAP, "newfstatat", 1, &empty_path);

    // Memory that runs was all there when the walls went up.
    struct scmp_arg_cmp not_executable = SCMP_A2_64(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
    const char *const mapping[] = {"mmap", "mmap2", "mprotect"};
    for (int i = 0; i < 3 && failure == 0; i++)
        failure = sandbox_filter_add(filter, SCMP_ACT_ALLOW, mapping[i], 1, &not_executable);

    // A thread of this process, and nothing that is less or more.
    const scmp_datum_t thread = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD;
    const scmp_datum_t more = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER
        | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWTIME | CLONE_PTRACE | CLONE_VFORK | CLONE_PARENT;
    struct scmp_arg_cmp is_thread = SCMP_A0_64(SCMP_CMP_MASKED_EQ, thread | more, thread);
    if (failure == 0) failure = sandbox_filter_add(filter, SCMP_ACT_ALLOW, "clone", 1, &is_thread);

    // `abort` signals its own thread.
    struct scmp_arg_cmp to_self = SCMP_A0_32(SCMP_CMP_EQ, (uint32_t)getpid());
    if (failure == 0) failure = sandbox_filter_add(filter, SCMP_ACT_ALLOW, "tgkill", 1, &to_self);

    const int file_requests[] = {F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL, F_GET_SEALS};
    for (size_t i = 0; i < sizeof file_requests / sizeof *file_requests && failure == 0; i++) {
        struct scmp_arg_cmp request = SCMP_A1_32(SCMP_CMP_EQ, (uint32_t)file_requests[i]);
        failure = sandbox_filter_add(filter, SCMP_ACT_ALLOW, "fcntl", 1, &request);
    }

    // Reading one's own limits; raising them is for the one who set them.
    struct scmp_arg_cmp reading[] = {SCMP_A0_32(SCMP_CMP_EQ, 0), SCMP_A2_64(SCMP_CMP_EQ, 0)};
    if (failure == 0) failure = sandbox_filter_add(filter, SCMP_ACT_ALLOW, "prlimit64", 2, reading);

    struct scmp_arg_cmp naming = SCMP_A0_32(SCMP_CMP_EQ, PR_SET_NAME);
    if (failure == 0) failure = sandbox_filter_add(filter, SCMP_ACT_ALLOW, "prctl", 1, &naming);

    return sandbox_filter_load(filter, failure);
}
