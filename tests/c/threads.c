/* Eight threads of a host on one client: each stores, asks and cancels jobs of its own. */
#include "check.h"

#include <pthread.h>

enum { THREADS = 8, JOBS = 20 };

static fj_client *client;

static void *work(void *number) {
  char request[64], id[64];
  snprintf(request, sizeof request, "{\"kind\":\"work\",\"payload\":%d}", *(int *)number);
  for (int n = 0; n < JOBS; n++) {
    fj_string job, told;
    OK(fj_client_enqueue(client, TEXT(request), &job, &error));
    member(&job, "job_id", id, sizeof id);
    fj_string_free(&job);
    OK(fj_client_get(client, TEXT(id), &told, &error));
    CHECK(contains(&told, strchr(request, ',') + 1) || contains(&told, "\"payload\":"));
    fj_string_free(&told);
    OK(fj_client_cancel(client, TEXT(id), &told, &error));
    fj_string_free(&told);
    FAILS(FJ_INVALID_STATE, fj_client_cancel(client, TEXT(id), &told, &error));
    OK(fj_client_wait(client, TEXT(id), 1, &told, &error));
    fj_string_free(&told);
  }
  return NULL;
}

int main(int argc, char **argv) {
  CHECK(argc == 2);
  client = open_in(argv[1]);
  pthread_t threads[THREADS];
  int numbers[THREADS];
  for (int n = 0; n < THREADS; n++) {
    numbers[n] = n;
    CHECK(pthread_create(&threads[n], NULL, work, &numbers[n]) == 0);
  }
  for (int n = 0; n < THREADS; n++) CHECK(pthread_join(threads[n], NULL) == 0);
  fj_string stats;
  OK(fj_client_stats(client, &stats, &error));
  CHECK(contains(&stats, "\"cancelled\":160"));
  fj_string_free(&stats);
  fj_client_free(client);
  return 0;
}
