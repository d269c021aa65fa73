/* A host that is a worker: handlers of its own, every way an attempt can end, events, and stopping. */
#include "check.h"

#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* Counted by several threads. */
static int released, events, lines, masked;
#define COUNT(number) (void)__atomic_add_fetch(&(number), 1, __ATOMIC_SEQ_CST)
static fj_worker *current;

static void release(void *userdata) {
  (void)userdata;
  COUNT(released);
}

static void on_event(void *userdata, fj_str event, fj_str log_line) {
  CHECK(userdata == (void *)&events);
  CHECK(event.data[0] == '{' && strlen(event.data) == event.len);
  COUNT(events);
  if (log_line.data != NULL) COUNT(lines);
}

/* Whether this thread takes no signal that its host may want. */
static int blocks_signals(void) {
  sigset_t set;
  CHECK(pthread_sigmask(SIG_BLOCK, NULL, &set) == 0);
  return sigismember(&set, SIGTERM) == 1 && sigismember(&set, SIGUSR1) == 1;
}

static fj_outcome *done(void *userdata, const fj_attempt *attempt) {
  CHECK(userdata == (void *)&released);
  if (blocks_signals()) COUNT(masked);
  CHECK(fj_attempt_number(attempt) == 1);
  CHECK(strcmp(fj_attempt_payload(attempt).data, "{\"page\":1}") == 0);
  CHECK(!fj_attempt_is_cancelled(attempt));
  CHECK(fj_attempt_cancel_reason(attempt).data == NULL);
  OK(fj_attempt_wait(attempt, 0.001, &error));
  fj_string job, kept, name;
  OK(fj_attempt_job(attempt, &job, &error));
  CHECK(strstr(job.data, fj_attempt_job_id(attempt).data) != NULL);
  fj_string_free(&job);
  OK(fj_attempt_kept(attempt, &kept, &error));
  CHECK(kept.data == NULL);
  OK(fj_attempt_progress(attempt, 0.5, TEXT("halfway"), TEXT("more"), &error));
  FAILS(FJ_INVALID_INPUT, fj_attempt_progress(attempt, NAN, TEXT("x"), nothing(), &error));
  OK(fj_attempt_put_blob(attempt, (const uint8_t *)"bytes", 5, &name, &error));
  fj_bytes bytes;
  OK(fj_attempt_read_blob(attempt, fj_str_of(name.data), 5, &bytes, &error));
  CHECK(bytes.len == 5 && memcmp(bytes.data, "bytes", 5) == 0);
  fj_bytes_free(&bytes);
  FAILS(FJ_LIMIT_EXCEEDED, fj_attempt_read_blob(attempt, fj_str_of(name.data), 4, &bytes, &error));
  FAILS(FJ_INVALID_INPUT, fj_attempt_input(attempt, 100, &bytes, &error));
  char reference[128];
  snprintf(reference, sizeof reference, "{\"blob\":\"%s\"}", name.data);
  fj_string_free(&name);
  /* Waiting for itself is refused, and so is what has no effect from here. */
  fj_string report;
  FAILS(FJ_INVALID_STATE, fj_worker_wait(current, INFINITY, &report, &error));
  FAILS(FJ_INVALID_STATE, fj_worker_run(current, &report, &error));
  return fj_outcome_complete(TEXT("{\"page\":1}"), TEXT(reference));
}

/* Fails once with a checkpoint, and then goes on from there. */
static fj_outcome *twice(void *userdata, const fj_attempt *attempt) {
  (void)userdata;
  fj_string kept;
  OK(fj_attempt_kept(attempt, &kept, &error));
  if (kept.data == NULL) {
    OK(fj_attempt_checkpoint(attempt, TEXT("[7]"), &error));
    return fj_outcome_retry(FJ_UNAVAILABLE, TEXT("not yet"), 0);
  }
  CHECK(strcmp(kept.data, "[7]") == 0 && fj_attempt_number(attempt) == 2);
  fj_outcome *outcome = fj_outcome_complete(fj_str_of(kept.data), nothing());
  fj_string_free(&kept);
  return outcome;
}

static fj_outcome *ends(void *userdata, const fj_attempt *attempt) {
  (void)userdata;
  const char *how = fj_attempt_payload(attempt).data;
  if (strcmp(how, "\"fail\"") == 0) return fj_outcome_fail(FJ_INFEASIBLE, TEXT("cannot be"));
  if (strcmp(how, "\"error\"") == 0) return fj_outcome_error(FJ_INVALID_PDF, TEXT("no PDF"));
  if (strcmp(how, "\"cancel\"") == 0) return fj_outcome_cancelled();
  if (strcmp(how, "\"nothing\"") == 0) return NULL;
  if (strcmp(how, "\"bad\"") == 0) return fj_outcome_complete(TEXT("{"), nothing());
  if (strcmp(how, "\"code\"") == 0) return fj_outcome_fail(4711, TEXT("no such code"));
  if (strcmp(how, "\"snooze\"") == 0 && fj_attempt_number(attempt) == 1) return fj_outcome_snooze(0);
  return fj_outcome_complete(nothing(), nothing());
}

/* Goes on until it is told to stop; a child that it forks is refused. */
static fj_outcome *endless(void *userdata, const fj_attempt *attempt) {
  (void)userdata;
  pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    int refused = fj_attempt_progress(attempt, 0, TEXT("x"), nothing(), NULL) == FJ_INVALID_STATE &&
                  fj_worker_stop(current, 0, NULL) == FJ_INVALID_STATE;
    fj_worker_free(current); /* does nothing here */
    _exit(refused ? 0 : 1);
  }
  int status;
  CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
  FAILS(FJ_CANCELLED, fj_attempt_wait(attempt, 60, &error));
  CHECK(fj_attempt_is_cancelled(attempt));
  fj_str reason = fj_attempt_cancel_reason(attempt);
  CHECK(strcmp(reason.data, "requested") == 0 || strcmp(reason.data, "shutdown") == 0);
  CHECK(strlen(reason.data) == reason.len);
  return fj_outcome_cancelled();
}

static void handle(fj_worker *worker, const char *kind, fj_handler_fn run) {
  fj_handler handler;
  memset(&handler, 0, sizeof handler);
  handler.struct_size = sizeof handler;
  handler.run = run;
  handler.userdata = (void *)&released;
  handler.release = release;
  OK(fj_worker_handle(worker, TEXT(kind), &handler, &error));
}

static fj_worker *worker_of(fj_client *client, int drain) {
  fj_worker_options options;
  memset(&options, 0, sizeof options);
  options.struct_size = sizeof options;
  fj_str queue = TEXT("default");
  options.queues = &queue;
  options.queue_count = 1;
  options.concurrency = 2;
  options.drain = drain;
  options.on_event = on_event;
  options.event_userdata = (void *)&events;
  options.release_event_userdata = release;
  fj_worker *worker = NULL;
  OK(fj_worker_new(client, &options, &worker, &error));
  handle(worker, "done", done);
  handle(worker, "twice", twice);
  handle(worker, "ends", ends);
  handle(worker, "endless", endless);
  return worker;
}

static void enqueue(fj_client *client, const char *kind, const char *payload, char *id) {
  char request[128];
  snprintf(request, sizeof request, "{\"kind\":\"%s\",\"payload\":%s}", kind, payload);
  fj_string job;
  OK(fj_client_enqueue(client, TEXT(request), &job, &error));
  member(&job, "job_id", id, 64);
  fj_string_free(&job);
}

static void ended(fj_client *client, const char *id, const char *status, const char *more) {
  fj_string job;
  OK(fj_client_wait(client, TEXT(id), 30, &job, &error));
  char is[32];
  member(&job, "status", is, sizeof is);
  if (strcmp(is, status) != 0 || !contains(&job, more)) {
    fprintf(stderr, "not %s with %s: %s\n", status, more, job.data);
    exit(1);
  }
  fj_string_free(&job);
}

static void each_way_to_end(fj_client *client) {
  char id[10][64];
  enqueue(client, "done", "{\"page\":1}", id[0]);
  enqueue(client, "twice", "null", id[1]);
  enqueue(client, "ends", "\"fail\"", id[2]);
  enqueue(client, "ends", "\"error\"", id[3]);
  enqueue(client, "ends", "\"cancel\"", id[4]);
  enqueue(client, "ends", "\"bad\"", id[5]);
  enqueue(client, "ends", "\"code\"", id[6]);
  enqueue(client, "ends", "\"snooze\"", id[7]);
  enqueue(client, "unserved", "null", id[8]);
  current = worker_of(client, 1);
  fj_string report;
  FAILS(FJ_TIMEOUT, fj_worker_wait(current, 0, &report, &error));
  OK(fj_worker_run(current, &report, &error));
  CHECK(contains(&report, "\"reason\":\"drained\"") && contains(&report, "\"left_running\":0"));
  fj_string_free(&report);
  FAILS(FJ_INVALID_STATE, fj_worker_run(current, &report, &error));
  FAILS(FJ_INVALID_STATE, fj_worker_start(current, &error));
  OK(fj_worker_wait(current, 0, &report, &error));
  fj_string_free(&report);
  fj_worker_free(current);
  CHECK(released == 5 && masked == 1);
  CHECK(events > 10 && lines > 10);
  ended(client, id[0], "succeeded", "\"result\":{\"page\":1}");
  ended(client, id[0], "succeeded", "\"result_ref\":{\"blob\":\"");
  ended(client, id[1], "succeeded", "\"result\":[7]");
  ended(client, id[2], "failed", "\"error_code\":\"infeasible\",\"error_message\":\"cannot be\"");
  ended(client, id[3], "failed", "\"error_code\":\"invalid_pdf\"");
  ended(client, id[4], "cancelled", "\"attempt\":1");
  ended(client, id[5], "failed", "\"error_code\":\"invalid_input\"");
  ended(client, id[6], "failed", "\"error_code\":\"invalid_input\"");
  ended(client, id[7], "succeeded", "\"attempt\":2");
  fj_string job;
  OK(fj_client_get(client, TEXT(id[8]), &job, &error));
  CHECK(contains(&job, "\"status\":\"queued\""));
  fj_string_free(&job);
}

static void runs_beside_its_host_and_stops(fj_client *client) {
  char id[64], nothing_said[64];
  released = 0;
  current = worker_of(client, 0);
  OK(fj_worker_start(current, &error));
  FAILS(FJ_INVALID_STATE, fj_worker_start(current, &error));
  fj_handler handler;
  memset(&handler, 0, sizeof handler);
  handler.struct_size = sizeof handler;
  handler.run = done;
  FAILS(FJ_INVALID_STATE, fj_worker_handle(current, TEXT("late"), &handler, &error));
  CHECK(!blocks_signals()); /* this thread is the host's */

  enqueue(client, "endless", "null", id);
  fj_events *changes = NULL;
  fj_string event;
  OK(fj_client_events(client, TEXT(id), &changes, &error));
  do {
    OK(fj_events_next(changes, 30, &event, &error));
    CHECK(event.data != NULL);
    int is_running = contains(&event, "\"status\":\"running\"");
    fj_string_free(&event);
    if (is_running) break;
  } while (1);
  fj_events_free(changes);
  OK(fj_client_cancel(client, TEXT(id), &event, &error));
  fj_string_free(&event);
  ended(client, id, "cancelled", "\"attempt\":1");

  /* No outcome is an error, which is tried again: so far it has one. */
  enqueue(client, "ends", "\"nothing\"", nothing_said);
  fj_string job;
  for (int tries = 0; tries < 3000; tries++) {
    OK(fj_client_get(client, TEXT(nothing_said), &job, &error));
    int has_failed = contains(&job, "\"errors\":1") && contains(&job, "\"error_code\":\"internal\"");
    fj_string_free(&job);
    if (has_failed) break;
    CHECK(tries < 2999);
    usleep(10000);
  }
  OK(fj_client_cancel(client, TEXT(nothing_said), &job, &error));
  fj_string_free(&job);

  enqueue(client, "endless", "null", id);
  fj_string report;
  OK(fj_worker_stop(current, 0, &error));
  OK(fj_worker_wait(current, 30, &report, &error));
  CHECK(contains(&report, "\"reason\":\"requested\""));
  fj_string_free(&report);
  fj_worker_free(current);
  CHECK(released == 5);
  /* Whether it had begun or not, it was given back. */
  OK(fj_client_get(client, TEXT(id), &job, &error));
  CHECK(contains(&job, "\"status\":\"queued\""));
  fj_string_free(&job);
  OK(fj_client_cancel(client, TEXT(id), &job, &error));
  fj_string_free(&job);
}

/* A worker that was never run, and one that is freed while it runs. */
static void is_freed_at_any_time(fj_client *client) {
  released = 0;
  fj_worker_free(worker_of(client, 0));
  CHECK(released == 5);
  current = worker_of(client, 0);
  OK(fj_worker_start(current, &error));
  fj_worker_free(current);
  CHECK(released == 10);
}

static void plan_is_read(fj_client *client, const char *plan) {
  fj_string job, told;
  char id[64], floorplan[32];
  OK(fj_client_ingest_file(client, TEXT(plan), nothing(), &job, &error));
  member(&job, "job_id", id, sizeof id);
  member(&job, "floorplan_id", floorplan, sizeof floorplan);
  fj_string_free(&job);
  fj_worker *worker = worker_of(client, 1);
  OK(fj_worker_run(worker, &job, &error));
  fj_string_free(&job);
  fj_worker_free(worker);
  ended(client, id, "succeeded", "\"total_wall_count\":");
  int64_t number = strtoll(floorplan, NULL, 10);
  OK(fj_client_floorplan(client, number, &told, &error));
  CHECK(contains(&told, "\"status\":\"processed\"") && contains(&told, "\"rooms\":["));
  fj_string_free(&told);
  OK(fj_client_floorplan_svg(client, number, &told, &error));
  CHECK(contains(&told, "<svg"));
  fj_string_free(&told);
}

int main(int argc, char **argv) {
  CHECK(argc == 3);
  fj_client *client = open_in(argv[1]);
  each_way_to_end(client);
  runs_beside_its_host_and_stops(client);
  is_freed_at_any_time(client);
  plan_is_read(client, argv[2]);
  fj_client_free(client);
  return 0;
}
