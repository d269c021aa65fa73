/* A worker whose handler is a C function; SIGTERM and Ctrl-C stop it in good order. */
#include <floorjobs.h>

#include <stdio.h>
#include <string.h>

/* Runs on a thread of the worker, for several jobs at once and at least once for each. */
static fj_outcome *shout(void *userdata, const fj_attempt *attempt) {
  (void)userdata;
  char answer[256];
  fj_str payload = fj_attempt_payload(attempt); /* JSON: a text in quotes */
  if (payload.len < 2 || payload.len > sizeof answer - 2 || payload.data[0] != '"')
    return fj_outcome_fail(FJ_INVALID_INPUT, fj_str_of("the payload must be a short text"));
  if (fj_attempt_is_cancelled(attempt)) return fj_outcome_cancelled();
  fj_attempt_progress(attempt, 0.5, fj_str_of("shouting"), fj_str_of(NULL), NULL);
  snprintf(answer, sizeof answer, "%.*s!\"", (int)payload.len - 1, payload.data);
  return fj_outcome_complete(fj_str_of(answer), fj_str_of(NULL));
}

static void log_line(void *userdata, fj_str event, fj_str line) {
  (void)event;
  if (line.data != NULL) fprintf((FILE *)userdata, "%s\n", line.data);
}

static int failed(const char *what, fj_error *error) {
  fprintf(stderr, "%s: %s\n", what, fj_error_message(error).data);
  fj_error_free(error);
  return 1;
}

int main(int argc, char **argv) {
  fj_error *error = NULL;
  fj_client *jobs = NULL;
  if (fj_client_open(NULL, &jobs, &error) != FJ_OK) return failed("cannot open the store", error);

  fj_worker_options options;
  memset(&options, 0, sizeof options);
  options.struct_size = sizeof options;
  options.handle_signals = 1;
  options.drain = argc == 2 && strcmp(argv[1], "--drain") == 0;
  options.on_event = log_line;
  options.event_userdata = stderr;
  fj_worker *worker = NULL;
  if (fj_worker_new(jobs, &options, &worker, &error) != FJ_OK) return failed("no worker", error);

  fj_handler handler;
  memset(&handler, 0, sizeof handler);
  handler.struct_size = sizeof handler;
  handler.run = shout;
  handler.max_attempts = 3;
  if (fj_worker_handle(worker, fj_str_of("shout"), &handler, &error) != FJ_OK)
    return failed("no handler", error);

  fj_string report;
  if (fj_worker_run(worker, &report, &error) != FJ_OK) return failed("the worker", error);
  fj_string_free(&report);
  fj_worker_free(worker);
  fj_client_free(jobs);
  return 0;
}
