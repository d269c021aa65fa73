/* A disk that tells what happened to it, and fails when it is told to: a library to be preloaded
 * into a process, for the tests of power cuts, full disks and broken ones.
 *
 * FLOORJOBS_DISK_ROOT     The folder that lies on this disk, as an absolute path without links.
 *                         Calls about anything else are passed through.
 * FLOORJOBS_DISK_JOURNAL  Each effect on the disk is appended to this file, in the order of the
 *                         effects and with their data, by all processes together. A sync becomes
 *                         an effect and nothing else. What would be left of the folder after a
 *                         power cut between any two effects is worked out from that, again and
 *                         again from one run, by tests/rust/disk.
 * FLOORJOBS_DISK_NOTES    What is written to this file becomes a note in the journal: what the
 *                         world outside was told at that moment.
 * FLOORJOBS_DISK_FAULT    While this file is there, calls fail. It holds one line,
 *                         `<call> <end of the path, or *> <errno> <once|always>`, with the calls
 *                         open, write, resize, sync, name or *. `once` removes the file.
 *                         `committed -shm 0 once` stops the process (SIGSTOP) when it has next
 *                         released SQLite's write lock: a commit stands, and nobody was told.
 *
 * The calls seen are those that SQLite and Rust's standard library make. What could change a file
 * behind this library's back ends the process, so that no test passes by not seeing. System calls
 * that bypass the C library (rustix makes such) are not seen: floorjobs writes and syncs nothing
 * by those, and a file that came into being by one is unknown to the journal's reader, who fails.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define SHOWN __attribute__((visibility("default")))

static const char *root;
static size_t root_length;
static const char *notes;
static const char *fault;
static int journal = -1;
/* Threads exclude each other by the mutex, processes by the lock on the journal. */
static pthread_mutex_t one_thread = PTHREAD_MUTEX_INITIALIZER;

static void die(const char *what, const char *path)
{
  dprintf(2, "the test's disk: %s: %s\n", what, path);
  abort();
}

__attribute__((constructor)) static void begin(void)
{
  const char *path = getenv("FLOORJOBS_DISK_JOURNAL");
  root = getenv("FLOORJOBS_DISK_ROOT");
  root_length = root ? strlen(root) : 0;
  notes = getenv("FLOORJOBS_DISK_NOTES");
  fault = getenv("FLOORJOBS_DISK_FAULT");
  if (root && path) {
    journal = (int)syscall(SYS_openat, AT_FDCWD, path,
                           O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (journal < 0)
      die("cannot open the journal", path);
  }
}

static int is_on_disk(const char *path)
{
  return root && strncmp(path, root, root_length) == 0 &&
         (path[root_length] == '/' || path[root_length] == '\0');
}

/* SQLite's index of its log: rebuilt by whoever comes first, so nothing in it has to last. */
static int is_scratch(const char *path)
{
  size_t length = strlen(path);
  return length > 4 && strcmp(path + length - 4, "-shm") == 0;
}

/* The path of an open file; false unless it is one on this disk or the notes. */
static int path_of(int fd, char path[PATH_MAX])
{
  char link[40];
  ssize_t length;
  if (!root)
    return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  length = syscall(SYS_readlinkat, AT_FDCWD, link, path, PATH_MAX - 1);
  if (length <= 0)
    return 0;
  path[length] = '\0';
  return is_on_disk(path) || (notes && strcmp(path, notes) == 0);
}

static const char *absolute(int at, const char *path, char room[PATH_MAX])
{
  char folder[PATH_MAX];
  char link[40];
  ssize_t length;
  if (!root || path[0] == '/')
    return path;
  if (at == AT_FDCWD)
    snprintf(link, sizeof link, "/proc/self/cwd");
  else
    snprintf(link, sizeof link, "/proc/self/fd/%d", at);
  length = syscall(SYS_readlinkat, AT_FDCWD, link, folder, PATH_MAX - 1);
  if (length <= 0)
    return path;
  folder[length] = '\0';
  if (snprintf(room, PATH_MAX, "%s/%s", folder, path) >= PATH_MAX)
    die("the path is too long", path);
  return room;
}

/* Whether this call is to fail; sets errno then. */
static int fails(const char *call, const char *path)
{
  char line[256], which[16], ending[128], often[16];
  int number;
  ssize_t length;
  size_t of_path, of_ending;
  int fd;
  if (!fault || syscall(SYS_faccessat, AT_FDCWD, fault, F_OK) != 0)
    return 0;
  fd = (int)syscall(SYS_openat, AT_FDCWD, fault, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return 0;
  length = syscall(SYS_read, fd, line, sizeof line - 1);
  syscall(SYS_close, fd);
  if (length <= 0)
    return 0;
  line[length] = '\0';
  if (sscanf(line, "%15s %127s %d %15s", which, ending, &number, often) != 4)
    die("cannot read the fault", line);
  if (strcmp(which, call) != 0 && (strcmp(which, "*") != 0 || strcmp(call, "committed") == 0))
    return 0;
  of_path = strlen(path);
  of_ending = strlen(ending);
  if (strcmp(ending, "*") != 0 &&
      (of_path < of_ending || strcmp(path + of_path - of_ending, ending) != 0))
    return 0;
  /* Of several that come at once, one fails. */
  if (strcmp(often, "once") == 0 && syscall(SYS_unlinkat, AT_FDCWD, fault, 0) != 0)
    return 0;
  errno = number;
  return 1;
}

static void take_turn(void)
{
  int saved = errno;
  if (journal >= 0) {
    pthread_mutex_lock(&one_thread);
    while (syscall(SYS_flock, journal, LOCK_EX) != 0)
      ;
  }
  errno = saved;
}

static void end_turn(void)
{
  int saved = errno;
  if (journal >= 0) {
    syscall(SYS_flock, journal, LOCK_UN);
    pthread_mutex_unlock(&one_thread);
  }
  errno = saved;
}

/* One effect: kind, inode, offset or size, lengths of the two paths and of the data, then those. */
static void note(char kind, uint64_t inode, uint64_t number, const char *path, const char *other,
                 const void *data, size_t size)
{
  unsigned char head[29];
  uint32_t lengths[3];
  struct iovec parts[4];
  int saved = errno;
  size_t whole;
  if (journal < 0)
    return;
  lengths[0] = (uint32_t)strlen(path);
  lengths[1] = (uint32_t)strlen(other);
  lengths[2] = (uint32_t)size;
  head[0] = (unsigned char)kind;
  memcpy(head + 1, &inode, 8);
  memcpy(head + 9, &number, 8);
  memcpy(head + 17, lengths, 12);
  parts[0].iov_base = head;
  parts[0].iov_len = sizeof head;
  parts[1].iov_base = (void *)(uintptr_t)path;
  parts[1].iov_len = lengths[0];
  parts[2].iov_base = (void *)(uintptr_t)other;
  parts[2].iov_len = lengths[1];
  parts[3].iov_base = (void *)(uintptr_t)data;
  parts[3].iov_len = size;
  whole = sizeof head + lengths[0] + lengths[1] + size;
  if (syscall(SYS_writev, journal, parts, 4) != (long)whole)
    die("cannot write the journal", strerror(errno));
  errno = saved;
}

static struct stat about(int fd)
{
  struct stat stat;
  if (fstat(fd, &stat) != 0)
    die("cannot stat", strerror(errno));
  return stat;
}

/* --- names --- */

static int open_file(int at, const char *given, int flags, mode_t mode)
{
  char room[PATH_MAX];
  const char *path = absolute(at, given, room);
  int is_new = 0;
  int fd;
  if (!root || !is_on_disk(path))
    return (int)syscall(SYS_openat, at, given, flags, mode);
  if ((flags & O_TMPFILE) == O_TMPFILE)
    die("a file without a name is not understood", path);
  take_turn();
  if (flags & O_CREAT)
    is_new = syscall(SYS_faccessat, AT_FDCWD, path, F_OK) != 0;
  if ((is_new || (flags & O_TRUNC)) && fails("open", path)) {
    end_turn();
    return -1;
  }
  fd = (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
  if (fd >= 0 && is_new)
    note('c', about(fd).st_ino, 0, path, "", NULL, 0);
  else if (fd >= 0 && (flags & O_TRUNC))
    note('t', about(fd).st_ino, 0, path, "", NULL, 0);
  end_turn();
  return fd;
}

static mode_t mode_of(int flags, va_list rest)
{
  return flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
}

#define OPENS(name)                                     \
  SHOWN int name(const char *path, int flags, ...)      \
  {                                                     \
    va_list rest;                                       \
    mode_t mode;                                        \
    va_start(rest, flags);                              \
    mode = mode_of(flags, rest);                        \
    va_end(rest);                                       \
    return open_file(AT_FDCWD, path, flags, mode);      \
  }
OPENS(open)
OPENS(open64)

#define OPENS_AT(name)                                         \
  SHOWN int name(int at, const char *path, int flags, ...)     \
  {                                                            \
    va_list rest;                                              \
    mode_t mode;                                               \
    va_start(rest, flags);                                     \
    mode = mode_of(flags, rest);                               \
    va_end(rest);                                              \
    return open_file(at, path, flags, mode);                   \
  }
OPENS_AT(openat)
OPENS_AT(openat64)

SHOWN int creat(const char *path, mode_t mode)
{
  return open_file(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

SHOWN int mkdirat(int at, const char *given, mode_t mode)
{
  char room[PATH_MAX];
  const char *path = absolute(at, given, room);
  int result;
  if (!root || !is_on_disk(path))
    return (int)syscall(SYS_mkdirat, at, given, mode);
  take_turn();
  result = fails("name", path) ? -1 : (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
  if (result == 0)
    note('m', 0, 0, path, "", NULL, 0);
  end_turn();
  return result;
}

SHOWN int mkdir(const char *path, mode_t mode)
{
  return mkdirat(AT_FDCWD, path, mode);
}

SHOWN int renameat2(int from_at, const char *given_from, int to_at, const char *given_to,
                    unsigned flags)
{
  char from_room[PATH_MAX], to_room[PATH_MAX];
  const char *from = absolute(from_at, given_from, from_room);
  const char *to = absolute(to_at, given_to, to_room);
  int result;
  if (!root || (!is_on_disk(from) && !is_on_disk(to)))
    return (int)syscall(SYS_renameat2, from_at, given_from, to_at, given_to, flags);
  if (flags != 0 || !is_on_disk(from) || !is_on_disk(to))
    die("such a rename is not understood", to);
  take_turn();
  result = fails("name", to) ? -1
                             : (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
  if (result == 0)
    note('r', 0, 0, from, to, NULL, 0);
  end_turn();
  return result;
}

SHOWN int renameat(int from_at, const char *from, int to_at, const char *to)
{
  return renameat2(from_at, from, to_at, to, 0);
}

SHOWN int rename(const char *from, const char *to)
{
  return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0);
}

SHOWN int linkat(int from_at, const char *given_from, int to_at, const char *given_to, int flags)
{
  char from_room[PATH_MAX], to_room[PATH_MAX];
  const char *from = absolute(from_at, given_from, from_room);
  const char *to = absolute(to_at, given_to, to_room);
  int result;
  if (!root || (!is_on_disk(from) && !is_on_disk(to)))
    return (int)syscall(SYS_linkat, from_at, given_from, to_at, given_to, flags);
  if (!is_on_disk(from) || !is_on_disk(to))
    die("such a link is not understood", to);
  take_turn();
  result = fails("name", to) ? -1
                             : (int)syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, flags);
  if (result == 0)
    note('l', 0, 0, from, to, NULL, 0);
  end_turn();
  return result;
}

SHOWN int link(const char *from, const char *to)
{
  return linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
}

SHOWN int unlinkat(int at, const char *given, int flags)
{
  char room[PATH_MAX];
  const char *path = absolute(at, given, room);
  int result;
  if (!root || !is_on_disk(path))
    return (int)syscall(SYS_unlinkat, at, given, flags);
  take_turn();
  result = (int)syscall(SYS_unlinkat, AT_FDCWD, path, flags);
  if (result == 0)
    note('u', 0, 0, path, "", NULL, 0);
  end_turn();
  return result;
}

SHOWN int unlink(const char *path)
{
  return unlinkat(AT_FDCWD, path, 0);
}

SHOWN int rmdir(const char *path)
{
  return unlinkat(AT_FDCWD, path, AT_REMOVEDIR);
}

/* --- content --- */

static ssize_t put_at(int fd, const char *path, const void *data, size_t size, off_t offset)
{
  ssize_t written;
  if (fails("write", path))
    return -1;
  written = syscall(SYS_pwrite64, fd, data, size, offset);
  if (written > 0 && !is_scratch(path))
    note('w', about(fd).st_ino, (uint64_t)offset, path, "", data, (size_t)written);
  return written;
}

SHOWN ssize_t pwrite(int fd, const void *data, size_t size, off_t offset)
{
  char path[PATH_MAX];
  ssize_t written;
  if (!path_of(fd, path))
    return syscall(SYS_pwrite64, fd, data, size, offset);
  take_turn();
  written = put_at(fd, path, data, size, offset);
  end_turn();
  return written;
}

SHOWN ssize_t pwrite64(int fd, const void *data, size_t size, off64_t offset)
{
  return pwrite(fd, data, size, offset);
}

SHOWN ssize_t write(int fd, const void *data, size_t size)
{
  char path[PATH_MAX];
  ssize_t written;
  off_t offset;
  if (!path_of(fd, path))
    return syscall(SYS_write, fd, data, size);
  take_turn();
  if (!is_on_disk(path)) {
    written = syscall(SYS_write, fd, data, size);
    if (written > 0)
      note('n', 0, 0, "", "", data, (size_t)written);
  } else {
    int appends = (int)syscall(SYS_fcntl, fd, F_GETFL) & O_APPEND;
    offset = (off_t)syscall(SYS_lseek, fd, 0, appends ? SEEK_END : SEEK_CUR);
    written = put_at(fd, path, data, size, offset);
    if (written > 0)
      syscall(SYS_lseek, fd, offset + written, SEEK_SET);
  }
  end_turn();
  return written;
}

/* A short write is a right of the system's; callers go on with the rest. */
SHOWN ssize_t writev(int fd, const struct iovec *parts, int count)
{
  char path[PATH_MAX];
  int first = 0;
  if (!path_of(fd, path))
    return syscall(SYS_writev, fd, parts, count);
  while (first < count - 1 && parts[first].iov_len == 0)
    first++;
  return count == 0 ? 0 : write(fd, parts[first].iov_base, parts[first].iov_len);
}

static int resize(int fd, off_t size)
{
  char path[PATH_MAX];
  int result;
  if (!path_of(fd, path))
    return (int)syscall(SYS_ftruncate, fd, size);
  take_turn();
  result = fails("resize", path) ? -1 : (int)syscall(SYS_ftruncate, fd, size);
  if (result == 0 && !is_scratch(path))
    note('t', about(fd).st_ino, (uint64_t)size, path, "", NULL, 0);
  end_turn();
  return result;
}

SHOWN int ftruncate(int fd, off_t size)
{
  return resize(fd, size);
}

SHOWN int ftruncate64(int fd, off64_t size)
{
  return resize(fd, size);
}

static int allocate(int fd, int mode, off_t offset, off_t size)
{
  char path[PATH_MAX];
  int result;
  if (!path_of(fd, path))
    return (int)syscall(SYS_fallocate, fd, mode, offset, size);
  if (mode != 0)
    die("such an allocation is not understood", path);
  take_turn();
  result = fails("resize", path) ? -1 : (int)syscall(SYS_fallocate, fd, mode, offset, size);
  if (result == 0 && !is_scratch(path))
    note('t', about(fd).st_ino, (uint64_t)about(fd).st_size, path, "", NULL, 0);
  end_turn();
  return result;
}

SHOWN int fallocate(int fd, int mode, off_t offset, off_t size)
{
  return allocate(fd, mode, offset, size);
}

SHOWN int fallocate64(int fd, int mode, off64_t offset, off64_t size)
{
  return allocate(fd, mode, offset, size);
}

SHOWN int posix_fallocate(int fd, off_t offset, off_t size)
{
  return allocate(fd, 0, offset, size) == 0 ? 0 : errno;
}

SHOWN int posix_fallocate64(int fd, off64_t offset, off64_t size)
{
  return posix_fallocate(fd, offset, size);
}

/* --- lasting --- */

static int sync_file(int fd, long number)
{
  char path[PATH_MAX];
  struct stat stat;
  int result = 0;
  if (!path_of(fd, path))
    return (int)syscall(number, fd);
  take_turn();
  stat = about(fd);
  if (fails("sync", path)) {
    result = -1;
    note('e', stat.st_ino, 0, path, "", NULL, 0);
  } else if (journal < 0) {
    result = (int)syscall(number, fd);
  } else if (!is_scratch(path)) {
    note(S_ISDIR(stat.st_mode) ? 'd' : 's', stat.st_ino, 0, path, "", NULL, 0);
  }
  end_turn();
  return result;
}

SHOWN int fsync(int fd)
{
  return sync_file(fd, SYS_fsync);
}

SHOWN int fdatasync(int fd)
{
  return sync_file(fd, SYS_fdatasync);
}

/* --- locks --- */

/* The write lock of a database with a log is this byte of its index (wal.c, WAL_WRITE_LOCK). */
#define WRITE_LOCK 120

static int control(int fd, int command, void *argument)
{
  char path[PATH_MAX];
  int result = (int)syscall(SYS_fcntl, fd, command, argument);
  if (result == 0 && command == F_SETLK && fault) {
    const struct flock *lock = argument;
    if (lock->l_type == F_UNLCK && lock->l_start == WRITE_LOCK && path_of(fd, path) &&
        is_scratch(path) && fails("committed", path)) {
      /* This thread first: one that is told to another may come after this one's next steps. */
      syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), SIGSTOP);
      errno = 0;
    }
  }
  return result;
}

#define CONTROLS(name)                        \
  SHOWN int name(int fd, int command, ...)    \
  {                                           \
    va_list rest;                             \
    void *argument;                           \
    va_start(rest, command);                  \
    argument = va_arg(rest, void *);          \
    va_end(rest);                             \
    return control(fd, command, argument);    \
  }
CONTROLS(fcntl)
CONTROLS(fcntl64)

/* --- what would be missed --- */

static void refuse(int fd, const char *what)
{
  char path[PATH_MAX];
  if (path_of(fd, path) && !is_scratch(path))
    die(what, path);
}

static void *map(void *at, size_t size, int protection, int flags, int fd, off_t offset)
{
  if (fd >= 0 && (protection & PROT_WRITE) && (flags & MAP_SHARED))
    refuse(fd, "stores to mapped memory are not seen");
  return (void *)syscall(SYS_mmap, at, size, protection, flags, fd, offset);
}

SHOWN void *mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset)
{
  return map(at, size, protection, flags, fd, offset);
}

SHOWN void *mmap64(void *at, size_t size, int protection, int flags, int fd, off64_t offset)
{
  return map(at, size, protection, flags, fd, offset);
}

SHOWN ssize_t copy_file_range(int in, off64_t *in_at, int out, off64_t *out_at, size_t size,
                              unsigned flags)
{
  refuse(out, "copy_file_range is not understood");
  return syscall(SYS_copy_file_range, in, in_at, out, out_at, size, flags);
}

SHOWN ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset)
{
  refuse(fd, "pwritev is not understood");
  return syscall(SYS_pwritev, fd, parts, count, offset, 0L);
}
