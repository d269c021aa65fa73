#include <floorjobs.h>
#include <stdio.h>

int main(void) {
  fj_error *error = NULL;
  fj_client *jobs = NULL;
  fj_string job = {NULL, 0};
  if (fj_client_open(NULL, &jobs, &error) == FJ_OK &&
      fj_client_ingest_file(jobs, fj_str_of("plan.pdf"), fj_str_of(NULL), &job, &error) == FJ_OK)
    puts(job.data);
  else
    fprintf(stderr, "%s (%s)\n", fj_error_message(error).data,
            fj_status_code(fj_error_status(error)));
  int failed = error != NULL;
  fj_error_free(error);
  fj_string_free(&job);
  fj_client_free(jobs);
  return failed;
}
