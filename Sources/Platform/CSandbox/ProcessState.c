// Limits, signals, privileges and descriptors of this process.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "CSandbox.h"

#ifndef __NR_close_range
#define __NR_close_range 436
#endif

int sandbox_thread_count(void) {
    DIR *threads = opendir("/proc/self/task");
    if (threads == NULL) return -errno;
    int count = 0;
    for (struct dirent *entry; (entry = readdir(threads)) != NULL;) count += entry->d_name[0] != '.';
    closedir(threads);
    return count;
}

int sandbox_close_from(int first) {
    if (syscall(__NR_close_range, (unsigned)first, ~0U, 0) == 0) return 0;
    struct rlimit limit;  // before Linux 5.9
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return -errno;
    int end = limit.rlim_cur < 65536 ? (int)limit.rlim_cur : 65536;
    for (int descriptor = first; descriptor < end; descriptor++) close(descriptor);
    return 0;
}

int sandbox_settle_signals(bool broken_pipe_kills) {
    for (int number = 1; number < NSIG; number++) {
        if (number == SIGKILL || number == SIGSTOP) continue;
        struct sigaction action = {.sa_handler = SIG_DFL};
        // Ctrl-C, a closed terminal and `systemctl stop` reach every process of the group; which
        // document is still finished is for the one that gives out the work to say.
        bool for_the_group = number == SIGINT || number == SIGTERM || number == SIGHUP;
        if (for_the_group || (number == SIGPIPE && !broken_pipe_kills)) action.sa_handler = SIG_IGN;
        sigaction(number, &action, NULL);  // the C library keeps two for itself and says EINVAL
    }
    sigset_t none;
    sigemptyset(&none);
    return sigprocmask(SIG_SETMASK, &none, NULL) == 0 ? 0 : -errno;
}

int sandbox_die_with_parent(pid_t parent) {
    if (parent == 0) parent = getppid();
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return -errno;
    // It may have died before the request above, and then no signal comes.
    return getppid() == parent ? 0 : -ESRCH;
}

int sandbox_lead_group(void) {
    return getpgrp() == getpid() || setpgid(0, 0) == 0 ? 0 : -errno;
}

int sandbox_limit(int resource, uint64_t soft, uint64_t hard) {
    struct rlimit limit;
    if (getrlimit(resource, &limit) != 0) return -errno;
    if (hard < limit.rlim_max) limit.rlim_max = hard;
    limit.rlim_cur = soft < limit.rlim_max ? soft : limit.rlim_max;
    return setrlimit(resource, &limit) == 0 ? 0 : -errno;
}

int sandbox_drop_privileges(bool keep_reading) {
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -errno;
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2];
    if (syscall(SYS_capget, &header, data) != 0) return -errno;
    __u32 kept = keep_reading ? data[0].permitted & (1U << CAP_DAC_READ_SEARCH) : 0;
    memset(data, 0, sizeof data);
    data[0].permitted = data[0].effective = kept;
    return syscall(SYS_capset, &header, data) == 0 ? 0 : -errno;
}

void sandbox_volunteer_for_oom(void) {
    int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (file < 0) return;
    ssize_t ignored = write(file, "800", 3);
    (void)ignored;
    close(file);
}
