/* A host with a SQLite of its own, linked with the static library: neither sees the other's. */
#include "check.h"

#include <unistd.h>

int sqlite3_open_v2(const char *path, void **database, int flags, const char *vfs);
int sqlite3_open_v2(const char *path, void **database, int flags, const char *vfs) {
  (void)path, (void)database, (void)flags, (void)vfs;
  CHECK(!"the library called its host's SQLite");
  return 1;
}
const char *sqlite3_libversion(void);
const char *sqlite3_libversion(void) { return "the host's"; }
/* What Rust code of a host's own would bring. */
void rust_eh_personality(void);
void rust_eh_personality(void) { abort(); }

int main(int argc, char **argv) {
  CHECK(argc == 2);
  CHECK(strcmp(sqlite3_libversion(), "the host's") == 0);
  fj_client *client = open_in(argv[1]);
  fj_string job;
  OK(fj_client_enqueue(client, TEXT("{\"kind\":\"k\"}"), &job, &error));
  fj_string_free(&job);
  OK(fj_client_check_integrity(client, 1, &job, &error));
  CHECK(contains(&job, "\"problems\":[]"));
  fj_string_free(&job);
  fj_client_free(client);
  return 0;
}
