/* Eight threads that share one client: each stores jobs of its own and asks for them again.
 * cc threads.c $(pkg-config --cflags --libs floorjobs) -lpthread */
#include <floorjobs.h>

#include <pthread.h>
#include <stdio.h>

enum { THREADS = 8, JOBS = 10 };

struct part {
  const fj_client *jobs;
  int number, stored;
};

/* Whatever fails is told by the thread that it happened to; errors are its own. */
static void *work(void *given) {
  struct part *part = given;
  char request[64];
  snprintf(request, sizeof request, "{\"kind\": \"work\", \"payload\": %d}", part->number);
  for (int n = 0; n < JOBS; n++) {
    fj_error *error = NULL;
    fj_string job = {NULL, 0}, id = {NULL, 0}, again = {NULL, 0};
    if (fj_client_enqueue(part->jobs, fj_str_of(request), &job, &error) == FJ_OK &&
        fj_json_get(fj_str_of(job.data), fj_str_of("/job_id"), &id, &error) == FJ_OK &&
        fj_client_get(part->jobs, fj_str_of(id.data), &again, &error) == FJ_OK)
      part->stored++;
    else
      fprintf(stderr, "thread %d: %s\n", part->number, fj_error_message(error).data);
    fj_error_free(error);
    fj_string_free(&again);
    fj_string_free(&id);
    fj_string_free(&job);
  }
  return NULL;
}

int main(void) {
  fj_error *error = NULL;
  fj_client *jobs = NULL;
  if (fj_client_open(NULL, &jobs, &error) != FJ_OK) {
    fprintf(stderr, "%s\n", fj_error_message(error).data);
    fj_error_free(error);
    return 1;
  }
  pthread_t threads[THREADS];
  struct part parts[THREADS];
  int started = 0, stored = 0;
  for (; started < THREADS; started++) {
    parts[started] = (struct part){jobs, started, 0};
    if (pthread_create(&threads[started], NULL, work, &parts[started]) != 0) break;
  }
  for (int n = 0; n < started; n++) {
    pthread_join(threads[n], NULL);
    stored += parts[n].stored;
  }
  fj_client_free(jobs); /* once no thread uses it any more */
  printf("%d jobs stored by %d threads\n", stored, started);
  return stored == THREADS * JOBS ? 0 : 1;
}
