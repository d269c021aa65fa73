/* A host without a worker of its own: it holds jobs, runs them in place, and forgets old ones; and one
 * whose worker tells of crashes, ends after so many jobs, and asks its host for layouts. */
#include "check.h"

static int calls, released;

static void release(void *userdata) {
  (void)userdata;
  released++;
}

static void stored(fj_client *client, const char *request, char *id) {
  fj_string job;
  OK(fj_client_enqueue(client, TEXT(request), &job, &error));
  member(&job, "job_id", id, 64);
  fj_string_free(&job);
}

static void places_are_told(fj_client *client) {
  char first[64], second[64], after[64], request[256];
  fj_string told;
  stored(client, "{\"kind\":\"a\",\"queue\":\"line\"}", first);
  stored(client, "{\"kind\":\"a\",\"queue\":\"line\"}", second);
  snprintf(request, sizeof request, "{\"kind\":\"b\",\"queue\":\"line\",\"after\":[\"%s\"]}", first);
  stored(client, request, after);
  OK(fj_client_position(client, TEXT(second), &told, &error));
  CHECK(strcmp(told.data, "1") == 0);
  fj_string_free(&told);
  OK(fj_client_position(client, TEXT(after), &told, &error));
  CHECK(strcmp(told.data, "null") == 0);
  fj_string_free(&told);
  OK(fj_client_parents(client, TEXT(after), &told, &error));
  CHECK(contains(&told, first) && !contains(&told, second));
  fj_string_free(&told);
  OK(fj_client_parents(client, TEXT(first), &told, &error));
  CHECK(strcmp(told.data, "[]") == 0);
  fj_string_free(&told);
}

static void host_does_the_work(fj_client *client) {
  char id[64];
  fj_string job;
  stored(client, "{\"kind\":\"page\",\"delay\":3600}", id);
  FAILS(FJ_LEASE_LOST, fj_client_complete(client, TEXT(id), nothing(), &job, &error));
  CHECK(job.data == NULL);
  OK(fj_client_hold(client, TEXT(id), &job, &error));
  CHECK(contains(&job, "\"status\":\"running\"") && contains(&job, "\"attempt\":1"));
  fj_string_free(&job);
  FAILS(FJ_INVALID_STATE, fj_client_hold(client, TEXT(id), &job, &error));
  OK(fj_client_complete(client, TEXT(id), TEXT("{\"page\":7}"), &job, &error));
  CHECK(contains(&job, "\"status\":\"succeeded\"") && contains(&job, "\"result_ref\":{\"page\":7}"));
  fj_string_free(&job);

  stored(client, "{\"kind\":\"page\"}", id);
  OK(fj_client_hold(client, TEXT(id), &job, &error));
  fj_string_free(&job);
  FAILS(FJ_INVALID_INPUT, fj_client_fail(client, TEXT(id), FJ_OK, TEXT("x"), &job, &error));
  OK(fj_client_fail(client, TEXT(id), FJ_UNAVAILABLE, TEXT("the paper is out"), &job, &error));
  CHECK(contains(&job, "\"error_code\":\"unavailable\",\"error_message\":\"the paper is out\""));
  fj_string_free(&job);
}

static fj_outcome *count(void *userdata, const fj_attempt *attempt) {
  CHECK(userdata == (void *)&calls);
  calls++;
  fj_attempt_progress(attempt, 0.5, TEXT("counting"), nothing(), NULL);
  if (fj_attempt_payload(attempt).data[0] == '0')
    return fj_outcome_retry(FJ_UNAVAILABLE, TEXT("none"), -1);
  return fj_outcome_complete(fj_attempt_payload(attempt), nothing());
}

static void jobs_are_run_in_place(fj_client *client) {
  char id[64];
  fj_string job;
  fj_handler handler;
  memset(&handler, 0, sizeof handler);
  handler.struct_size = sizeof handler;
  handler.run = count;
  handler.userdata = &calls;
  handler.release = release;
  stored(client, "{\"kind\":\"count\",\"payload\":7}", id);
  FAILS(FJ_UNSUPPORTED, fj_client_run_here(client, TEXT(id), NULL, &job, &error));
  OK(fj_client_run_here(client, TEXT(id), &handler, &job, &error));
  CHECK(contains(&job, "\"status\":\"succeeded\"") && contains(&job, "\"result\":7"));
  fj_string_free(&job);
  FAILS(FJ_INVALID_STATE, fj_client_run_here(client, TEXT(id), &handler, &job, &error));
  /* What might be tried again ends the job all the same. */
  stored(client, "{\"kind\":\"count\",\"payload\":0}", id);
  OK(fj_client_run_here(client, TEXT(id), &handler, &job, &error));
  CHECK(contains(&job, "\"status\":\"failed\"") && contains(&job, "\"error_code\":\"unavailable\""));
  fj_string_free(&job);
  CHECK(calls == 2 && released == 0); /* it stays the host's */
}

static void old_ones_are_forgotten(fj_client *client) {
  char id[64];
  fj_string told;
  uint64_t pruned = 99;
  stored(client, "{\"kind\":\"old\"}", id);
  OK(fj_client_cancel(client, TEXT(id), &told, &error));
  fj_string_free(&told);
  OK(fj_client_prune(client, nothing(), &pruned, &error));
  CHECK(pruned == 0);
  OK(fj_client_prune(client, TEXT("{\"cancelled\":null,\"failed\":null,\"succeeded\":null}"), &pruned, &error));
  CHECK(pruned == 0);
  pruned = 99;
  FAILS(FJ_INVALID_INPUT, fj_client_prune(client, TEXT("{\"cancelled\":-1}"), &pruned, &error));
  CHECK(pruned == 0);
  OK(fj_client_prune(client, TEXT("{\"cancelled\":0}"), &pruned, &error));
  CHECK(pruned == 1);
  FAILS(FJ_NOT_FOUND, fj_client_get(client, TEXT(id), &told, &error));
  OK(fj_client_sweep(client, &told, &error));
  CHECK(strcmp(told.data, "{\"blobs\":0,\"unfinished\":0}") == 0);
  fj_string_free(&told);
}

static fj_outcome *crash(void *userdata, const fj_attempt *attempt) {
  (void)userdata, (void)attempt;
  calls++;
  return fj_outcome_crashed(FJ_LIMIT_EXCEEDED, TEXT("its process used up 1 GiB"));
}

/* A worker of `queue`, which runs to its end; says why it ended. */
static void run(fj_client *client, fj_worker_options *options, const char *queue, const char *reason,
                fj_handler_fn handles, const fj_candidate_source *source) {
  fj_str served = TEXT(queue);
  options->struct_size = sizeof *options;
  options->queues = &served;
  options->queue_count = 1;
  options->concurrency = 1;
  fj_worker *worker = NULL;
  OK(fj_worker_new(client, options, &worker, &error));
  if (handles != NULL) {
    fj_handler handler;
    memset(&handler, 0, sizeof handler);
    handler.struct_size = sizeof handler;
    handler.run = handles;
    handler.userdata = &calls;
    OK(fj_worker_handle(worker, TEXT("work"), &handler, &error));
  }
  if (source != NULL) OK(fj_worker_propose(worker, client, source, &error));
  fj_string report;
  OK(fj_worker_run(worker, &report, &error));
  CHECK(contains(&report, reason));
  fj_string_free(&report);
  fj_worker_free(worker);
}

static void third_crash_ends_a_job(fj_client *client) {
  char id[64];
  fj_string job;
  fj_worker_options options;
  calls = 0;
  stored(client, "{\"kind\":\"work\",\"queue\":\"crashes\",\"max_attempts\":1}", id);
  for (int round = 0; round < 2; round++) {
    memset(&options, 0, sizeof options);
    options.drain = 1;
    run(client, &options, "crashes", "\"drained\"", crash, NULL);
    OK(fj_client_get(client, TEXT(id), &job, &error));
    /* At once after the first, later after the second: the drain does not wait for that. */
    CHECK(contains(&job, round == 0 ? "\"status\":\"queued\"" : "\"status\":\"failed\""));
    fj_string_free(&job);
    if (round == 0) {
      CHECK(calls == 2);
      OK(fj_client_make_due(client, TEXT(id), &job, &error));
      fj_string_free(&job);
    }
  }
  CHECK(calls == 3);
  OK(fj_client_get(client, TEXT(id), &job, &error));
  CHECK(contains(&job, "\"crashes\":3") && contains(&job, "\"errors\":0"));
  CHECK(contains(&job, "\"error_code\":\"limit_exceeded\",\"error_message\":\"its process used up 1 GiB\""));
  fj_string_free(&job);
}

static void worker_ends_after_so_many_jobs(fj_client *client) {
  char id[64];
  fj_string told;
  fj_worker_options options;
  calls = 0;
  for (int n = 0; n < 3; n++) stored(client, "{\"kind\":\"work\",\"queue\":\"many\",\"payload\":1}", id);
  memset(&options, 0, sizeof options);
  options.max_jobs = 2;
  options.retention = TEXT("{\"succeeded\":null}");
  run(client, &options, "many", "\"left_running\":0", count, NULL);
  CHECK(calls == 2);
  OK(fj_client_list(client, TEXT("{\"queue\":\"many\",\"status\":\"queued\"}"), &told, &error));
  CHECK(contains(&told, id) && contains(&told, "\"next\":null"));
  fj_string_free(&told);
}

/* Two offices on a corridor, from the second round on. */
static fj_candidates *propose(void *userdata, fj_str proposal, uint32_t round, fj_str feedback) {
  (void)feedback;
  ++*(int *)userdata;
  CHECK(strstr(proposal.data, "\"plate\":{") != NULL);
  if (round == 0) return NULL;
  return fj_candidates_of(
      TEXT("[{\"rooms\": [{\"id\": \"a\", \"boundary\": [[0,1262],[3000,1262],[3000,4996],[0,4996]]},"
           "{\"id\": \"b\", \"boundary\": [[3000,1262],[6000,1262],[6000,4996],[3000,4996]]}],"
           "\"corridors\": [{\"id\": \"hall\", \"boundary\": [[0,0],[6000,0],[6000,1262],[0,1262]]}]}]"));
}

static void jobs_of_a_worker_ask_the_host_for_layouts(fj_client *client) {
  int asked = 0;
  char id[64];
  fj_string job;
  fj_worker_options options;
  fj_candidate_source source;
  memset(&source, 0, sizeof source);
  source.struct_size = sizeof source;
  source.name = TEXT("the host");
  source.propose = propose;
  source.userdata = &asked;
  source.release = release;
  OK(fj_client_generate(
      client,
      TEXT("{\"program\":{\"rooms\":[{\"id\":\"a\",\"type\":\"private_office\",\"area_m2\":10.9},"
           "{\"id\":\"b\",\"type\":\"private_office\",\"area_m2\":10.9}]},\"solver\":{\"seed\":1,\"alternatives\":1},"
           "\"site\":{\"perimeter_mm\":[[0,0],[6000,0],[6000,5000],[0,5000]]}}"),
      TEXT("{\"queue\":\"design\"}"), &job, &error));
  member(&job, "job_id", id, sizeof id);
  fj_string_free(&job);
  memset(&options, 0, sizeof options);
  options.drain = 1;
  released = 0;
  run(client, &options, "design", "\"drained\"", NULL, &source);
  CHECK(asked >= 1 && released == 1);
  OK(fj_client_get(client, TEXT(id), &job, &error));
  CHECK(contains(&job, "\"status\":\"succeeded\"") && contains(&job, "\"layout_id\":"));
  fj_string_free(&job);
}

int main(int argc, char **argv) {
  CHECK(argc == 2);
  fj_client *client = open_in(argv[1]);
  places_are_told(client);
  host_does_the_work(client);
  jobs_are_run_in_place(client);
  old_ones_are_forgotten(client);
  third_crash_ends_a_job(client);
  worker_ends_after_so_many_jobs(client);
  jobs_of_a_worker_ask_the_host_for_layouts(client);
  fj_client_free(client);
  return 0;
}
