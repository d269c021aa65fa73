/* A host that does all that a client can do, on a store of its own. */
#include "check.h"

#include <math.h>

/* A job that waits for a worker that never comes. */
static void enqueued_job_is_stored(fj_client *client) {
  fj_string job;
  OK(fj_client_enqueue(client, TEXT("{\"kind\":\"thumbnail\",\"payload\":{\"page\":1}}"), &job, &error));
  CHECK(contains(&job, "\"status\":\"queued\"") && contains(&job, "\"payload\":{\"page\":1}"));
  char id[64];
  member(&job, "job_id", id, sizeof id);
  fj_string again;
  OK(fj_client_get(client, TEXT(id), &again, &error));
  CHECK(job.len == again.len && strcmp(job.data, again.data) == 0);
  fj_string_free(&again);
  fj_string_free(&job);
  fj_string_free(&job); /* empty now, so it does nothing */

  fj_string told;
  OK(fj_client_explain(client, TEXT(id), &told, &error));
  CHECK(contains(&told, "\"reason\":\"no_worker\"") && contains(&told, "\"sentence\":\"The job"));
  fj_string_free(&told);
  OK(fj_client_estimate(client, TEXT(id), &told, &error));
  fj_string_free(&told);
  OK(fj_client_attempts(client, TEXT(id), &told, &error));
  CHECK(strcmp(told.data, "[]") == 0);
  fj_string_free(&told);
  OK(fj_client_make_due(client, TEXT(id), &told, &error));
  fj_string_free(&told);

  FAILS(FJ_TIMEOUT, fj_client_wait(client, TEXT(id), 0, &told, &error));
  FAILS(FJ_INVALID_INPUT, fj_client_wait(client, TEXT(id), -1, &told, &error));
  FAILS(FJ_INVALID_INPUT, fj_client_wait(client, TEXT(id), NAN, &told, &error));
  OK(fj_client_cancel(client, TEXT(id), &told, &error));
  CHECK(contains(&told, "\"status\":\"cancelled\""));
  fj_string_free(&told);
  OK(fj_client_wait(client, TEXT(id), INFINITY, &told, &error));
  fj_string_free(&told);
  FAILS(FJ_INVALID_STATE, fj_client_cancel(client, TEXT(id), &told, &error));
  CHECK(told.data == NULL && told.len == 0);
  OK(fj_client_retry(client, TEXT(id), &told, &error));
  CHECK(contains(&told, "\"status\":\"queued\""));
  fj_string_free(&told);
  FAILS(FJ_NOT_FOUND, fj_client_get(client, TEXT("0198c0de-0000-7000-8000-000000000001"), &told, &error));
}

static void several_jobs_are_stored_together(fj_client *client) {
  fj_string jobs;
  OK(fj_client_enqueue_many(client,
                            TEXT("[{\"kind\":\"fetch\",\"queue\":\"slow\"},"
                                 "{\"kind\":\"print\",\"queue\":\"slow\",\"after\":[0]}]"),
                            &jobs, &error));
  CHECK(contains(&jobs, "\"waiting_for\":1"));
  fj_string_free(&jobs);

  fj_error *refused = NULL;
  CHECK(fj_client_enqueue_many(client, TEXT("[{\"kind\":\"a\"},{\"kind\":\"b\",\"colour\":1}]"), &jobs,
                               &refused) == FJ_INVALID_INPUT);
  CHECK(strcmp(fj_error_field(refused).data, "jobs[1].colour") == 0);
  CHECK(fj_error_cause(refused, 0).data == NULL);
  fj_error_free(refused);

  fj_string page;
  OK(fj_client_list(client, TEXT("{\"queue\":\"slow\",\"status\":[\"queued\"],\"limit\":1}"), &page, &error));
  CHECK(contains(&page, "\"job_type\":\"print\"") && !contains(&page, "\"next\":null"));
  fj_string_free(&page);
  OK(fj_client_list(client, nothing(), &page, &error));
  CHECK(contains(&page, "\"next\":null"));
  fj_string_free(&page);
}

static void queues_stop_and_go(fj_client *client) {
  fj_string told;
  OK(fj_client_pause(client, TEXT("slow"), &error));
  OK(fj_client_paused(client, &told, &error));
  CHECK(contains(&told, "\"slow\""));
  fj_string_free(&told);
  OK(fj_client_resume(client, TEXT("slow"), &error));
  OK(fj_client_paused(client, &told, &error));
  CHECK(strcmp(told.data, "[]") == 0);
  fj_string_free(&told);
  OK(fj_client_stats(client, &told, &error));
  CHECK(contains(&told, "\"slow\""));
  fj_string_free(&told);
}

static void changes_are_told(fj_client *client) {
  fj_string job, event;
  OK(fj_client_enqueue(client, TEXT("{\"kind\":\"watched\"}"), &job, &error));
  char id[64];
  member(&job, "job_id", id, sizeof id);
  fj_string_free(&job);
  fj_events *events = NULL;
  OK(fj_client_events(client, TEXT(id), &events, &error));
  OK(fj_events_next(events, 1, &event, &error));
  CHECK(contains(&event, "\"changed\":[\"opened\"]"));
  fj_string_free(&event);
  FAILS(FJ_TIMEOUT, fj_events_next(events, 0.01, &event, &error));
  OK(fj_client_cancel(client, TEXT(id), &job, &error));
  fj_string_free(&job);
  OK(fj_events_next(events, 1, &event, &error));
  CHECK(contains(&event, "\"changed\":[\"status\"]"));
  fj_string_free(&event);
  OK(fj_events_next(events, 1, &event, &error));
  CHECK(event.data == NULL); /* the end */
  fj_events_free(events);
}

static void store_is_looked_after(fj_client *client, const char *folder) {
  fj_string told;
  OK(fj_client_check_health(client, &error));
  OK(fj_client_metrics(client, &told, &error));
  CHECK(contains(&told, "floorjobs_jobs{"));
  fj_string_free(&told);
  OK(fj_client_doctor(client, &told, &error));
  fj_string_free(&told);
  OK(fj_client_check_integrity(client, 1, &told, &error));
  CHECK(contains(&told, "\"problems\":[]"));
  fj_string_free(&told);
  char path[1024];
  snprintf(path, sizeof path, "%s/copy.db", folder);
  OK(fj_client_backup(client, TEXT(path), 0, &told, &error));
  fj_string_free(&told);
  FAILS(FJ_INVALID_INPUT, fj_client_backup(client, TEXT(path), 0, &told, &error));
  OK(fj_client_backup(client, TEXT(path), 1, &told, &error));
  fj_string_free(&told);
  char url[1100];
  snprintf(url, sizeof url, "sqlite:///%s", path);
  OK(fj_migrate(TEXT(url), &told, &error));
  CHECK(contains(&told, "\"to\":"));
  fj_string_free(&told);
}

static void plans_are_taken(fj_client *client, const char *plan) {
  fj_string job, told;
  OK(fj_client_ingest_file(client, TEXT(plan), TEXT("{\"project_id\":7}"), &job, &error));
  CHECK(contains(&job, "\"job_type\":\"ingest\""));
  char id[32];
  member(&job, "floorplan_id", id, sizeof id);
  fj_string_free(&job);
  int64_t floorplan = strtoll(id, NULL, 10);
  OK(fj_client_floorplan(client, floorplan, &told, &error));
  CHECK(contains(&told, "\"status\":\"uploaded\"") && contains(&told, "\"project_id\":7"));
  CHECK(contains(&told, "\"filename\":\"") && contains(&told, "\"plan\":null"));
  fj_string_free(&told);
  FAILS(FJ_INVALID_STATE, fj_client_floorplan_svg(client, floorplan, &told, &error));

  const uint8_t pdf[] = "%PDF-1.7 of sorts";
  OK(fj_client_ingest(client, pdf, sizeof pdf - 1, TEXT("{\"then\":[{\"kind\":\"print\"}]}"), &job, &error));
  CHECK(contains(&job, "\"then\":[{\"job_id\""));
  fj_string_free(&job);
  FAILS(FJ_INVALID_PDF, fj_client_ingest(client, (const uint8_t *)"x", 1, nothing(), &job, &error));
  FAILS(FJ_NOT_FOUND, fj_client_ingest_file(client, TEXT("/nowhere/plan.pdf"), nothing(), &job, &error));

  char options[64];
  snprintf(options, sizeof options, "{\"floorplan_id\":%lld}", (long long)floorplan);
  OK(fj_client_generate(client, TEXT("{\"program\":{\"prompt\":\"2 offices\"}}"), TEXT(options), &job, &error));
  CHECK(contains(&job, "\"waiting_for\":1"));
  fj_string_free(&job);
  FAILS(FJ_INVALID_INPUT, fj_client_generate(client, TEXT("{\"program\":{}}"), TEXT(options), &job, &error));
}

static void rates_are_kept(fj_client *client) {
  fj_string told, csv;
  OK(fj_client_materials_csv(client, &csv, &error));
  OK(fj_client_import_materials(client, TEXT("mine"), fj_str_of(csv.data), TEXT("replace"), &told, &error));
  CHECK(contains(&told, "\"mine\""));
  fj_string_free(&told);
  fj_string_free(&csv);
  OK(fj_client_reset_materials(client, &error));
  OK(fj_client_materials(client, &told, &error));
  CHECK(!contains(&told, "\"mine\""));
  fj_string_free(&told);
  FAILS(FJ_NOT_FOUND, fj_client_price(client, 1, nothing(), &told, &error));
  OK(fj_client_newest_bom(client, 1, &told, &error));
  CHECK(strcmp(told.data, "null") == 0);
  fj_string_free(&told);
}

int main(int argc, char **argv) {
  CHECK(argc == 3);
  const char *folder = argv[1], *plan = argv[2];
  fj_client *client = open_in(folder);
  enqueued_job_is_stored(client);
  several_jobs_are_stored_together(client);
  queues_stop_and_go(client);
  changes_are_told(client);
  store_is_looked_after(client, folder);
  plans_are_taken(client, plan);
  rates_are_kept(client);
  fj_client_free(client);
  return 0;
}
