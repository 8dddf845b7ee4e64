// Starting another process and keeping hold of it.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "CSandbox.h"

#ifndef __NR_pidfd_open
#define __NR_pidfd_open 434
#endif

extern char **environ;

int sandbox_spawn(
    const char *path, char *const *arguments, char *const *environment, int channel, int errors,
    pid_t *process
) {
    // Copies above the numbers they are moved to, so that no move overwrites the other's source.
    int socket = fcntl(channel, F_DUPFD_CLOEXEC, 10);
    if (socket < 0) return -errno;
    int log = fcntl(errors, F_DUPFD_CLOEXEC, 10);
    if (log < 0) {
        int failure = errno;
        close(socket);
        return -failure;
    }

    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, log, 2);
    posix_spawn_file_actions_adddup2(&actions, socket, 3);
    posix_spawn_file_actions_addclosefrom_np(&actions, 4);

    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t blocked, defaults;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGINT);
    sigaddset(&blocked, SIGTERM);
    sigaddset(&blocked, SIGHUP);
    sigfillset(&defaults);
    posix_spawnattr_setsigmask(&attributes, &blocked);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

    int failure = posix_spawn(process, path, &actions, &attributes, arguments, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    close(socket);
    close(log);
    return -failure;
}

int sandbox_open_process(pid_t process) {
    int descriptor = (int)syscall(__NR_pidfd_open, process, 0);
    return descriptor < 0 ? -errno : descriptor;
}

int sandbox_limit_processor_time(pid_t process, uint64_t seconds) {
    clockid_t clock;
    struct timespec used;
    struct rlimit limit;
    int failure = clock_getcpuclockid(process, &clock);
    if (failure != 0) return -failure;
    if (clock_gettime(clock, &used) != 0) return -errno;
    if (prlimit(process, RLIMIT_CPU, NULL, &limit) != 0) return -errno;
    rlim_t total = (rlim_t)used.tv_sec + 1 + seconds;
    limit.rlim_cur = total < limit.rlim_max ? total : limit.rlim_max;
    return prlimit(process, RLIMIT_CPU, &limit, NULL) == 0 ? 0 : -errno;
}

char **sandbox_environment(void) { return environ; }

int sandbox_execute(const char *path, char *const *arguments) {
    execve(path, arguments, environ);
    return -errno;
}
