// Bytes and descriptors over a stream socket.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "CSandbox.h"

enum { CONTROL_DESCRIPTORS = 16 };

ssize_t sandbox_send(
    int socket, const void *bytes, size_t count, const int *descriptors, size_t descriptor_count
) {
    if (descriptor_count > CONTROL_DESCRIPTORS) return -EINVAL;
    struct iovec part = {.iov_base = (void *)bytes, .iov_len = count};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(CONTROL_DESCRIPTORS * sizeof(int))];
    if (descriptor_count > 0) {
        memset(control, 0, sizeof control);
        message.msg_control = control;
        message.msg_controllen = CMSG_SPACE(descriptor_count * sizeof(int));
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(descriptor_count * sizeof(int));
        memcpy(CMSG_DATA(header), descriptors, descriptor_count * sizeof(int));
    }
    ssize_t sent;
    do sent = sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : sent;
}

ssize_t sandbox_receive(
    int socket, void *bytes, size_t count, int *descriptors, size_t descriptor_capacity,
    size_t *descriptor_count
) {
    *descriptor_count = 0;
    if (descriptor_capacity > CONTROL_DESCRIPTORS) return -EINVAL;
    struct iovec part = {.iov_base = bytes, .iov_len = count};
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(CONTROL_DESCRIPTORS * sizeof(int))];
    struct msghdr message = {
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = control,
        // With no room at all the kernel closes what comes, before it takes a number here.
        .msg_controllen = descriptor_capacity == 0 ? 0 : CMSG_SPACE(descriptor_capacity * sizeof(int)),
    };
    ssize_t received;
    do received = recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    while (received < 0 && errno == EINTR);
    if (received < 0) return -errno;

    size_t came = 0;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header != NULL;
         header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        size_t here = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < here; i++, came++) {
            int descriptor;  // the padding of an odd count leaves the kernel room for one more
            memcpy(&descriptor, CMSG_DATA(header) + i * sizeof(int), sizeof descriptor);
            if (came < descriptor_capacity) descriptors[came] = descriptor;
            else close(descriptor);
        }
    }
    if ((message.msg_flags & MSG_CTRUNC) && came <= descriptor_capacity) came = descriptor_capacity + 1;
    *descriptor_count = came;
    return received;
}

int sandbox_socket_pair(int ends[2]) {
    return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0 ? 0 : -errno;
}

int sandbox_pipe(int ends[2]) {
    if (pipe2(ends, O_CLOEXEC) != 0) return -errno;
    return fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0 ? 0 : -errno;
}

int sandbox_open_bell(void) {
    int bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return bell < 0 ? -errno : bell;
}

void sandbox_ring(int bell) { eventfd_write(bell, 1); }

void sandbox_quiet(int bell) {
    eventfd_t rung;
    eventfd_read(bell, &rung);
}

int sandbox_memory_file(const char *name, int64_t size) {
    int file = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (file < 0 || size < 0) return file < 0 ? -errno : file;
    // Whoever maps a file that another process can shorten dies of SIGBUS.
    if (ftruncate(file, size) != 0
        || fcntl(file, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
        int failure = errno;
        close(file);
        return -failure;
    }
    return file;
}
