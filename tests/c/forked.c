/* A host that forks with an open client: both sides go on with what they have, and nothing that was
 * stored is missing. First with no other thread, then, unless it is told `alone`, while others write;
 * under a sanitizer that does not do: a fork leaves its own locks as other threads hold them. */
#include "check.h"

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FORKS = 8, JOBS = 5, WRITERS = 3 };

static fj_client *client;
static int stopped;

static void store(const char *queue, char *id) {
  char request[128];
  fj_string job;
  snprintf(request, sizeof request, "{\"kind\":\"work\",\"queue\":\"%s\"}", queue);
  OK(fj_client_enqueue(client, TEXT(request), &job, &error));
  member(&job, "job_id", id, 64);
  fj_string_free(&job);
}

static void *write_on(void *count) {
  char id[64];
  while (!__atomic_load_n(&stopped, __ATOMIC_SEQ_CST)) {
    store("threads", id);
    ++*(int *)count;
  }
  return NULL;
}

/* What a child does: asks for what its parent stored, stores, cancels, and stores once more. */
static void be_a_child(const char *of_parent) {
  char id[64];
  fj_string job;
  OK(fj_client_get(client, TEXT(of_parent), &job, &error));
  CHECK(contains(&job, "\"status\":\"queued\""));
  fj_string_free(&job);
  for (int n = 0; n < JOBS; n++) store("children", id);
  OK(fj_client_cancel(client, TEXT(id), &job, &error));
  fj_string_free(&job);
  OK(fj_client_check_health(client, &error));
  fj_client_free(client);
}

static void ended_well(pid_t child) {
  int status;
  CHECK(waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* A child that ends as programs do, so that what it lost is looked for; beside other threads, whose
 * stacks it does not have, that would find what is not lost. */
static void fork_alone(void) {
  char id[64];
  store("parent", id);
  pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    be_a_child(id);
    exit(0);
  }
  ended_well(child);
}

static long ready(const char *queue) {
  fj_string stats;
  OK(fj_client_stats(client, &stats, &error));
  char wanted[64];
  snprintf(wanted, sizeof wanted, "\"queue\":\"%s\"", queue);
  const char *from = strstr(stats.data, wanted);
  CHECK(from != NULL);
  from = strstr(from, "\"ready\":");
  CHECK(from != NULL);
  long count = strtol(from + strlen("\"ready\":"), NULL, 10);
  fj_string_free(&stats);
  return count;
}

int main(int argc, char **argv) {
  CHECK(argc >= 2);
  client = open_in(argv[1]);
  fork_alone();
  if (argc > 2) {
    CHECK(strcmp(argv[2], "alone") == 0);
    fj_client_free(client);
    return 0;
  }
  pthread_t writers[WRITERS];
  int counts[WRITERS] = {0};
  for (int n = 0; n < WRITERS; n++)
    CHECK(pthread_create(&writers[n], NULL, write_on, &counts[n]) == 0);
  char id[64];
  pid_t children[FORKS];
  for (int n = 0; n < FORKS; n++) {
    store("parent", id);
    children[n] = fork();
    CHECK(children[n] >= 0);
    if (children[n] == 0) {
      be_a_child(id);
      _exit(0);
    }
    store("parent", id);
  }
  for (int n = 0; n < FORKS; n++) ended_well(children[n]);
  __atomic_store_n(&stopped, 1, __ATOMIC_SEQ_CST);
  long written = 0;
  for (int n = 0; n < WRITERS; n++) {
    CHECK(pthread_join(writers[n], NULL) == 0);
    written += counts[n];
  }
  CHECK(written > 0);
  CHECK(ready("threads") == written);
  CHECK(ready("parent") == 2 * FORKS + 1);
  CHECK(ready("children") == (FORKS + 1) * (JOBS - 1));
  fj_string report;
  OK(fj_client_check_integrity(client, 1, &report, &error));
  CHECK(contains(&report, "\"problems\":[]"));
  fj_string_free(&report);
  fj_client_free(client);
  return 0;
}
