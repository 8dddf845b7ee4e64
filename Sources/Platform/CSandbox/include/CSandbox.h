// What the Sandbox module needs of Linux and Swift cannot call: Landlock, seccomp, process state,
// descriptors in messages. Functions return 0 (or a count) or a negative errno unless stated.
#ifndef CSANDBOX_H
#define CSANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The exit status of a walled process that ran out of memory.
#define SANDBOX_OUT_OF_MEMORY 86

// MARK: What the kernel has

/// The kernel's Landlock version, 0 where it has none or has it switched off.
int sandbox_landlock_version(void);
/// Whether the kernel takes system call filters.
bool sandbox_has_filters(void);

// MARK: State of this process

/// Count of this process's threads, or a negative errno.
int sandbox_thread_count(void);
/// Closes every descriptor from `first` on.
int sandbox_close_from(int first);
/// Ignores the signals that a terminal or a service manager sends to the whole group, gives all
/// others their default action and blocks none.
int sandbox_settle_signals(bool broken_pipe_kills);
/// Makes this process die with the thread that started it; `parent` is its expected parent or 0.
int sandbox_die_with_parent(pid_t parent);
/// Makes this process the first of a process group of its own.
int sandbox_lead_group(void);
/// Lowers one limit, soft and hard, but never beyond the hard limit there is.
int sandbox_limit(int resource, uint64_t soft, uint64_t hard);
/// No new privileges by execve, and none of the present ones but reading others' files on request.
int sandbox_drop_privileges(bool keep_reading);
/// Makes this process the kernel's first choice when memory runs out.
void sandbox_volunteer_for_oom(void);
/// Makes C++ allocation failures end the process with `SANDBOX_OUT_OF_MEMORY`.
void sandbox_exit_when_out_of_memory(void);

// MARK: Walls

/// Refuses the file system (but `readable`), TCP and, where the kernel can, signals and abstract
/// sockets to this thread and all that it starts.
/// Returns the Landlock version applied, 0 where the kernel has none.
int sandbox_restrict_files(char *const *readable, size_t count, bool may_execute);
/// Allows only the system calls that computing on open files needs.
/// Returns 1 when applied, 0 where the kernel has no filters.
int sandbox_filter_worker(void);
/// Refuses the system calls by which a program reaches beyond its files.
/// Returns 1 when applied, 0 where the kernel has no filters.
int sandbox_filter_program(int landlock_version, bool may_fork);

// MARK: Processes

/// Starts `path` with `channel` as descriptor 3, `errors` as descriptor 2, nothing to read and
/// nowhere to write, and the terminal's signals blocked until the process settles them.
int sandbox_spawn(
    const char *path, char *const *arguments, char *const *environment, int channel, int errors,
    pid_t *process);
/// A descriptor that becomes readable when the process ends.
int sandbox_open_process(pid_t process);
/// Gives another process `seconds` of processor time more, and then ends it (SIGXCPU).
int sandbox_limit_processor_time(pid_t process, uint64_t seconds);
/// This process's variables, as `NAME=value`, with a null at the end; null where there are none.
char **sandbox_environment(void);
/// Replaces this process; returns only on failure.
int sandbox_execute(const char *path, char *const *arguments);

// MARK: Messages

/// One `sendmsg` that never blocks and never signals; descriptors ride on the first byte.
ssize_t sandbox_send(int socket, const void *bytes, size_t count, const int *descriptors, size_t descriptor_count);
/// One `recvmsg` that never blocks. At most `descriptor_capacity` descriptors are kept, any others
/// are closed; `descriptor_count` says how many came, kept or not (at least capacity + 1 when cut).
ssize_t sandbox_receive(
    int socket, void *bytes, size_t count, int *descriptors, size_t descriptor_capacity,
    size_t *descriptor_count);
/// A pipe, closed on exec, whose first end does not wait.
int sandbox_pipe(int ends[2]);
/// A descriptor that becomes readable by `sandbox_ring` until `sandbox_quiet`.
int sandbox_open_bell(void);
void sandbox_ring(int bell);
void sandbox_quiet(int bell);
/// A connected pair of stream sockets, closed on exec.
int sandbox_socket_pair(int ends[2]);
/// A file in memory, closed on exec; of a fixed size where `size` is not negative.
int sandbox_memory_file(const char *name, int64_t size);

#ifdef __cplusplus
}
#endif
#endif
