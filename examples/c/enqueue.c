/* Stores a job and waits for a worker, in this or any other language, to do it. */
#include <floorjobs.h>

#include <stdio.h>

static int failed(const char *what, fj_error *error) {
  fprintf(stderr, "%s: %s\n", what, fj_error_message(error).data);
  fj_error_free(error);
  return 1;
}

int main(int argc, char **argv) {
  if (argc != 3) return fprintf(stderr, "usage: enqueue KIND PAYLOAD\n"), 2;
  fj_error *error = NULL;
  fj_client *jobs = NULL;
  if (fj_client_open(NULL, &jobs, &error) != FJ_OK) return failed("cannot open the store", error);

  char request[1024];
  snprintf(request, sizeof request, "{\"kind\": \"%s\", \"payload\": %s}", argv[1], argv[2]);
  fj_string job, id, ended;
  if (fj_client_enqueue(jobs, fj_str_of(request), &job, &error) != FJ_OK)
    return failed("cannot store the job", error);
  if (fj_json_get(fj_str_of(job.data), fj_str_of("/job_id"), &id, &error) != FJ_OK)
    return failed("no job", error);
  if (fj_client_wait(jobs, fj_str_of(id.data), 60, &ended, &error) != FJ_OK)
    return failed("the job has not ended", error);
  puts(ended.data);

  fj_string_free(&ended);
  fj_string_free(&id);
  fj_string_free(&job);
  fj_client_free(jobs);
  return 0;
}
